import { tf, type Scalar, type Tensor1D, type Tensor2D } from '../../tf.js';
import { stopGradient } from '../stop-gradient.js';
import type { Contrast } from './op.js';

// Takes an anchor itself and its positive out of the sum over its negatives: added to a cosine, before the temperature. Finite, since
// -Infinity minus -Infinity is NaN, and large enough for any temperature that makes sense.
const excluded = -1e18;

export function contrastComposed(z: Tensor2D, temperature: number): Contrast {
  return tf.tidy(() => {
    const N = z.shape[0] / 2;
    const cosines: Tensor2D = tf.matMul(z, z, false, true);
    const identity = tf.eye(N);
    const nothing = tf.zerosLike(identity);
    // The positive of row n is row n of the other view, whichever view n is in.
    const positives = tf.concat([tf.concat([nothing, identity], 1), tf.concat([identity, nothing], 1)], 0);
    const others = tf.mul(tf.add(tf.eye(2 * N), positives), excluded);
    const positive: Tensor1D = tf.div(tf.sum(tf.mul(cosines, positives), 1), temperature);
    const sumOfNegatives = logSumExp(tf.div(tf.add(cosines, others), temperature));
    return {
      // -log(P / (P + S)) as softplus(log S - log P): for a confident anchor P / (P + S) rounds to 1, and log and gradient with it.
      total: tf.mean<Scalar>(tf.softplus(tf.sub(sumOfNegatives, positive))),
      attraction: tf.neg(tf.mean<Scalar>(positive)),
    };
  });
}

/** Of each row. The maximum is a constant for the gradient, which it does not change. */
function logSumExp(x: Tensor2D): Tensor1D {
  const largest: Tensor2D = stopGradient(tf.max(x, 1, true));
  const sum: Tensor1D = tf.sum(tf.exp(tf.sub(x, largest)), 1);
  return tf.add(tf.log(sum), tf.squeeze<Tensor1D>(largest, [1]));
}
