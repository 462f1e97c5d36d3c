import { tf, type Scalar, type Tensor2D } from '@jembench/core';
import { totalSum } from './sums.js';

/** Soft labels `[N, K]`, rows summing to 1, made from crop number `crop`. */
export interface CropTargets {
  readonly crop: number;
  readonly probabilities: Tensor2D;
}

/**
 * Mean cross-entropy of every crop against the targets of every other: what SwAV and DINO share.
 *
 *     mean_i  1/(V-1)  sum_{v != i}  mean_n  -sum_k q_i[n,k] log p_v[n,k]
 *
 * with i over the targets and v over all V crops.
 */
export function crossCropEntropy(targets: readonly CropTargets[], logProbabilities: readonly Tensor2D[]): Scalar {
  const pairs = targets.length * (logProbabilities.length - 1);
  const sums = targets.map(({ crop, probabilities }) => {
    // The targets are the same for every v: one product with the sum of the log-probabilities instead of V-1 products.
    const others = tf.addN(logProbabilities.filter((_, v) => v !== crop));
    return totalSum(tf.mul(probabilities, others));
  });
  const [rows] = logProbabilities[0].shape;
  return tf.div(tf.addN(sums), -pairs * rows);
}
