import { checkNumber, redundancy, tf, type Scalar, type Tensor2D } from '@jembench/core';
import { checkViews } from './checks.js';
import { scoped } from './scope.js';

export interface BarlowTwinsOptions {
  /** Weight of the off-diagonal term: 0.0051 in the official code, 0.005 in the paper. */
  readonly lambda: number;
  /** Added to the variance before standardising. */
  readonly eps: number;
}

export interface BarlowTwinsLoss {
  /** `onDiagonal + lambda * offDiagonal`. */
  readonly total: Scalar;
  /** Invariance: `sum_i (C_ii - 1)^2`, at most 4 D. */
  readonly onDiagonal: Scalar;
  /** Redundancy: `sum_{i != j} C_ij^2`, unweighted. */
  readonly offDiagonal: Scalar;
}

/**
 * Barlow Twins redundancy-reduction loss of two embedded views.
 *
 *     sum_i (C_ii - 1)^2 + lambda * sum_{i != j} C_ij^2,   C = standardise(a)^T standardise(b) / N
 *
 * The variance is biased (divided by N), as in batch normalisation. Sums, not means: the value grows with D.
 *
 * Elsewhere: solo-learn multiplies the total by 0.1 (its `scale_loss`), lightly standardises with the unbiased variance, the first
 * official version multiplied by 1/32 (0.024 in the paper's appendix). Here there is no factor.
 *
 * @param a `[N, D]` projections of view 1; `N >= 2`.
 * @param b `[N, D]` projections of view 2; row i is the same image as row i of `a`.
 * @returns the scalar total and its two unweighted terms.
 * @throws ShapeError "barlowTwins: b has D=4, wanted D=8 as in a".
 * @see Zbontar et al., arXiv:2103.03230; facebookresearch/barlowtwins@8e8d284 main.py
 */
export function barlowTwins(
  a: Tensor2D,
  b: Tensor2D,
  { lambda = 0.0051, eps = 1e-5 }: Partial<BarlowTwinsOptions> = {},
): BarlowTwinsLoss {
  checkViews('barlowTwins', a, b, 'the variance of one row is zero, and nothing is left to correlate');
  checkNumber('barlowTwins', 'lambda', lambda, { from: 0 });
  checkNumber('barlowTwins', 'eps', eps, { above: 0 });
  return scoped(() => {
    const { diagonal, offDiagonal } = redundancy(a, b, { eps });
    const onDiagonal = tf.sum<Scalar>(tf.square(tf.sub(diagonal, 1)));
    return { total: tf.add<Scalar>(onDiagonal, tf.mul(offDiagonal, lambda)), onDiagonal, offDiagonal };
  });
}
