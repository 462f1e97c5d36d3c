import { crossEntropy, tf, type Scalar, type Tensor2D } from '@jembench/core';

/** Soft labels `[N, K]`, rows summing to 1, made from crop number `crop`. */
export interface CropTargets {
  readonly crop: number;
  readonly probabilities: Tensor2D;
}

/**
 * Mean cross-entropy of every crop against the targets of every other: what SwAV and DINO share.
 *
 *     mean_i  1/(V-1)  sum_{v != i}  mean_n  -sum_k q_i[n,k] log softmax(s_v / temperature)[n,k]
 *
 * with i over the targets and v over all V crops.
 */
export function crossCropEntropy(
  targets: readonly CropTargets[],
  scores: readonly Tensor2D[],
  temperature: number,
): Scalar {
  const pairs = targets.length * (scores.length - 1);
  const sums = scores.flatMap((x, v) => {
    // Linear in the labels: one pass over the scores of a crop against the sum of what it is compared with.
    const others = targets.filter(({ crop }) => crop !== v).map(({ probabilities }) => probabilities);
    return others.length === 0 ? [] : [crossEntropy(tf.addN(others), x, { temperature })];
  });
  return tf.div(tf.addN(sums), pairs);
}
