import { l2Normalise } from '@jembench/wasm-training';
import type { Tensor } from '../../tf.js';

/** One kernel forward and one backward. */
export function l2NormaliseWasm<T extends Tensor>(z: T, smallestSquare: number): T {
  return l2Normalise(z, smallestSquare);
}
