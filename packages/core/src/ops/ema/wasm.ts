import { emaUpdate } from '@jembench/wasm-training';
import { tf, type Tensor } from '../../tf.js';

/** One pass over the weights. */
export function emaWasm<T extends Tensor>(teacher: T, online: T, momentum: number): T {
  return tf.customGrad<T>((old, young) => ({
    value: emaUpdate(old as T, young as T, momentum),
    gradFunc: (dy: Tensor) => [tf.mul(dy, momentum), tf.mul(dy, 1 - momentum)],
  }))(teacher, online);
}
