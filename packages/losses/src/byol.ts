import {
  checkNumber,
  checkShapes,
  l2Normalise,
  stopGradient,
  tf,
  type Scalar,
  type Tensor1D,
  type Tensor2D,
} from '@jembench/core';
import { listed } from './checks.js';
import { scoped } from './scope.js';

export interface ByolOptions {
  /** Lower bound of the squared norm that a row is divided by. */
  readonly eps: number;
}

export interface ByolLoss {
  /** Mean of `perSample`; from 0 (each prediction points where its target does) to 8. */
  readonly total: Scalar;
  /** The half that predicts view 2 from view 1, and the other; `total` is their sum. */
  readonly firstToSecond: Scalar;
  readonly secondToFirst: Scalar;
  /** `[N]`, both halves of every sample. */
  readonly perSample: Tensor1D;
}

/**
 * BYOL's symmetric regression of the target network's projections.
 *
 *     mean_n |n(p1) - sg n(z2)|^2 + |n(p2) - sg n(z1)|^2,   n(x) = x / |x|
 *
 * No gradient reaches the targets. Each half equals `2 - 2 cos`; the difference is squared here, as in the authors' code, because
 * near a perfect prediction `2 - 2 cos` cancels.
 *
 * Elsewhere: lightly and solo-learn return the mean of `2 - 2 cos` or of `-cos` for one direction and leave the sum to the caller.
 *
 * @param predictions `[N, D]` each: the online predictor's output for view 1 and view 2.
 * @param targets `[N, D]` each: the target network's projection of view 1 and view 2.
 * @throws ShapeError "byol: targets[1] has D=4, wanted D=8 as in predictions[0]".
 * @see Grill et al., arXiv:2006.07733; google-deepmind/deepmind-research@f5de0ed byol/byol_experiment.py, byol/utils/helpers.py
 */
export function byol(
  predictions: readonly [Tensor2D, Tensor2D],
  targets: readonly [Tensor2D, Tensor2D],
  { eps = 1e-12 }: Partial<ByolOptions> = {},
): ByolLoss {
  checkShapes('byol', { ...listed('predictions', predictions, 'N D'), ...listed('targets', targets, 'N D') });
  checkNumber('byol', 'eps', eps, { above: 0 });
  return scoped(() => {
    const normalised = (x: Tensor2D): Tensor2D => l2Normalise(x, { eps, clamp: 'square' });
    const distance = (prediction: Tensor2D, target: Tensor2D): Tensor1D =>
      tf.sum(tf.square(tf.sub(normalised(prediction), stopGradient(normalised(target)))), 1);
    const first = distance(predictions[0], targets[1]);
    const second = distance(predictions[1], targets[0]);
    const perSample = tf.add<Tensor1D>(first, second);
    return {
      total: tf.mean<Scalar>(perSample),
      firstToSecond: tf.mean<Scalar>(first),
      secondToFirst: tf.mean<Scalar>(second),
      perSample,
    };
  });
}
