import { tf, type Scalar, type Tensor2D } from '../../tf.js';
import { totalSum } from '../columns.js';
import { logSoftargmaxComposed } from '../softargmax/composed.js';
import { stopGradient } from '../stop-gradient.js';

export function crossEntropyComposed(targets: Tensor2D, scores: Tensor2D, temperature: number): Scalar {
  return tf.tidy(() => {
    const products: Tensor2D = tf.mul(stopGradient(targets), logSoftargmaxComposed(scores, temperature));
    return tf.div(totalSum(products), -scores.shape[0]);
  });
}
