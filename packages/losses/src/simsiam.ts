import { checkNumber, checkShapes, l2Normalise, stopGradient, tf, type Scalar, type Tensor2D } from '@jembench/core';
import { listed } from './checks.js';
import { scoped } from './scope.js';
import { totalSum } from './sums.js';

export interface NegativeCosineOptions {
  /** Lower bound of each norm. */
  readonly eps: number;
  /** False lets the gradient reach the target as well: the control experiment that collapses. */
  readonly stopGradient: boolean;
}

export interface SimsiamLoss {
  /** Mean of the two halves; -1 for perfect predictions, 1 for opposite ones. */
  readonly total: Scalar;
  readonly firstToSecond: Scalar;
  readonly secondToFirst: Scalar;
}

/**
 * Negative mean cosine of predictions and targets.
 *
 *     -mean_n  p_n . z_n / (max(|p_n|, eps) max(|z_n|, eps))
 *
 * @param prediction `[N, D]`.
 * @param target `[N, D]`; no gradient reaches it (see `stopGradient`).
 * @throws ShapeError "negativeCosine: target has N=4, wanted N=8 as in prediction".
 * @see Chen and He, arXiv:2011.10566; facebookresearch/simsiam@a7bc177 main_simsiam.py, with torch.nn.CosineSimilarity (eps 1e-8)
 */
export function negativeCosine(
  prediction: Tensor2D,
  target: Tensor2D,
  { eps = 1e-8, stopGradient: stop = true }: Partial<NegativeCosineOptions> = {},
): Scalar {
  const { N } = checkShapes('negativeCosine', { prediction: [prediction, 'N D'], target: [target, 'N D'] });
  checkNumber('negativeCosine', 'eps', eps, { above: 0 });
  return scoped(() => {
    const p = l2Normalise(prediction, { eps });
    const z = l2Normalise(target, { eps });
    return tf.div(totalSum(tf.mul(p, stop ? stopGradient(z) : z)), -N);
  });
}

/**
 * SimSiam's symmetric loss.
 *
 *     (negativeCosine(p1, sg z2) + negativeCosine(p2, sg z1)) / 2
 *
 * Elsewhere: lightly's NegativeCosineSimilarity is one half of it and leaves the sum to the caller.
 *
 * @param predictions `[N, D]` each: the predictor's output for view 1 and view 2.
 * @param projections `[N, D]` each: the projector's output for view 1 and view 2.
 * @throws ShapeError "simsiam: projections[0] has N=4, wanted N=8 as in predictions[0]".
 * @see Chen and He, arXiv:2011.10566; facebookresearch/simsiam@a7bc177 main_simsiam.py, simsiam/builder.py
 */
export function simsiam(
  predictions: readonly [Tensor2D, Tensor2D],
  projections: readonly [Tensor2D, Tensor2D],
  options: Partial<NegativeCosineOptions> = {},
): SimsiamLoss {
  checkShapes('simsiam', {
    ...listed('predictions', predictions, 'N D'),
    ...listed('projections', projections, 'N D'),
  });
  return scoped(() => {
    const firstToSecond = negativeCosine(predictions[0], projections[1], options);
    const secondToFirst = negativeCosine(predictions[1], projections[0], options);
    return { total: tf.mul(tf.add(firstToSecond, secondToFirst), 0.5), firstToSecond, secondToFirst };
  });
}
