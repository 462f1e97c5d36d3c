import { tf, type Tensor2D } from '../../tf.js';
import { standardiseWasm } from '../standardise/wasm.js';

export function crossCorrelationWasm(a: Tensor2D, b: Tensor2D, eps: number): Tensor2D {
  return tf.tidy(() => {
    const product = tf.matMul(standardiseWasm(a, eps), standardiseWasm(b, eps), true, false);
    return tf.div(product, a.shape[0]);
  });
}
