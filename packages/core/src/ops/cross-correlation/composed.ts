import { tf, type Tensor2D } from '../../tf.js';
import { standardiseComposed } from '../standardise/composed.js';

export function crossCorrelationComposed(a: Tensor2D, b: Tensor2D, eps: number): Tensor2D {
  return tf.tidy(() => {
    const product = tf.matMul(standardiseComposed(a, eps), standardiseComposed(b, eps), true, false);
    return tf.div(product, a.shape[0]);
  });
}
