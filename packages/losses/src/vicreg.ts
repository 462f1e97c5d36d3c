import {
  InputError,
  checkChoice,
  checkNumber,
  offDiagonalPenalty,
  tf,
  varianceHinge,
  type Scalar,
  type Tensor2D,
} from '@jembench/core';
import { checkViews } from './checks.js';
import { scoped } from './scope.js';
import { totalSum } from './sums.js';
import { vicregDialects, type VicregConventions, type VicregDialect, type VicregWeights } from './vicreg-dialects.js';

export interface VicregOptions {
  /** Whose conventions; see `vicregDialects`. */
  readonly dialect: VicregDialect;
  /** Weights that differ from the dialect's. A weight of 0 leaves the term out of the total; it is still returned. */
  readonly weights: Partial<VicregWeights>;
  /** The spread from which nothing is charged. */
  readonly gamma: number;
  /** Added to the variance under the root; the `lecture` dialect has no root and no eps. */
  readonly eps: number;
  /**
   * Only for the `lecture` dialect, whose page subtracts no mean. False is as printed: a constant batch of ones then counts as spread
   * out (hinge 0), and means are decorrelated along with the rest. True, the default, centres first.
   */
  readonly centre: boolean;
}

/** The unweighted terms of one branch, with the dialect's factors in them. */
export interface VicregBranch {
  readonly variance: Scalar;
  readonly covariance: Scalar;
}

export interface VicregLoss {
  /** The weighted sum of the three terms. */
  readonly total: Scalar;
  readonly invariance: Scalar;
  /** Sum over the two branches. */
  readonly variance: Scalar;
  /** Sum over the two branches. */
  readonly covariance: Scalar;
  readonly a: VicregBranch;
  readonly b: VicregBranch;
}

/**
 * VICReg: variance, invariance and covariance of two embedded views.
 *
 * The official form, the default:
 *
 *     25 mean_{n,j} (a - b)^2  +  25 sum_{z in a,b} 1/2 mean_j relu(gamma - sqrt(var_j(z) + eps))  +  1 sum_{z in a,b} 1/D sum_{j != k} C_jk(z)^2
 *
 * with `var` and the covariance `C` unbiased (divided by N - 1). `vicregDialects` says how the other dialects differ, and `lecture` is
 *
 *     mean_n |a - b|^2  +  sum_z 1/D sum_j relu(gamma - C_jj)  +  sum_z 1/D sum_{j != k} C_jk^2,   C = Z^T Z / N
 *
 * There the hinge is on the variance, whose gradient fades as the batch shrinks: at 1/100 of unit scale it is 1/36 of the official one.
 *
 * @param a `[N, D]` projections of view 1; `N >= 2`.
 * @param b `[N, D]` projections of view 2; row i is the same image as row i of `a`.
 * @throws ShapeError "vicreg: b has D=4, wanted D=8 as in a"; InputError for an unknown dialect, a weight below 0, or `centre: false`
 *   with a dialect whose covariance is centred by definition.
 * @see Bardes et al., arXiv:2105.04906; facebookresearch/vicreg@4e12602 main_vicreg.py
 */
export function vicreg(a: Tensor2D, b: Tensor2D, options: Partial<VicregOptions> = {}): VicregLoss {
  const { N, D } = checkViews('vicreg', a, b, 'the variance of one row is undefined');
  const { conventions, weights, gamma, centre } = resolve(options);
  // The mean over the D (D - 1) entries off the diagonal of a 1 x 1 matrix: there are none, and their sum is 0.
  const entries = conventions.covariance === 'dimensions' ? D : D * Math.max(D - 1, 1);
  const { spread, ddof, varianceFactor } = conventions;
  const eps = spread === 'std' ? conventions.eps : undefined;
  const branch = (z: Tensor2D): VicregBranch => ({
    variance: tf.mul(varianceHinge(z, { gamma, eps, spread, centred: centre, ddof }), varianceFactor),
    covariance: tf.div(offDiagonalPenalty(z, { centred: centre, ddof }), entries),
  });
  return scoped(() => {
    const squares = totalSum(tf.square(tf.sub(a, b)));
    const invariance = tf.div<Scalar>(squares, conventions.invariance === 'entry' ? N * D : N);
    const branches = { a: branch(a), b: branch(b) };
    const terms = {
      invariance,
      variance: tf.add<Scalar>(branches.a.variance, branches.b.variance),
      covariance: tf.add<Scalar>(branches.a.covariance, branches.b.covariance),
    };
    return { total: weighted(terms, weights), ...terms, ...branches };
  });
}

const names = ['invariance', 'variance', 'covariance'] as const;

/** Leaves a term of weight 0 out instead of multiplying by it: an infinite one would make the total NaN. */
function weighted(terms: Readonly<Record<keyof VicregWeights, Scalar>>, weights: VicregWeights): Scalar {
  return tf.addN(names.filter((name) => weights[name] > 0).map((name) => tf.mul<Scalar>(terms[name], weights[name])));
}

function resolve({ dialect = 'official', centre = true, gamma = 1, eps, weights = {} }: Partial<VicregOptions>): {
  conventions: VicregConventions;
  weights: VicregWeights;
  gamma: number;
  centre: boolean;
} {
  checkChoice('vicreg', 'dialect', dialect, Object.keys(vicregDialects));
  const conventions: VicregConventions = vicregDialects[dialect];
  if (!centre && dialect !== 'lecture') {
    throw new InputError(
      `vicreg: centre, got false with dialect ${dialect}, wanted dialect lecture: only its page does not centre`,
    );
  }
  if (eps !== undefined && conventions.spread === 'variance') {
    throw new InputError(`vicreg: eps, got ${eps} with dialect ${dialect}, wanted none: its hinge is on the variance`);
  }
  checkNumber('vicreg', 'gamma', gamma, { above: 0 });
  if (eps !== undefined) checkNumber('vicreg', 'eps', eps, { above: 0 });
  const all = {
    invariance: weights.invariance ?? conventions.weights.invariance,
    variance: weights.variance ?? conventions.weights.variance,
    covariance: weights.covariance ?? conventions.weights.covariance,
  };
  for (const name of names) {
    checkNumber('vicreg', `weights.${name}`, all[name], { from: 0 });
  }
  if (names.every((name) => all[name] === 0)) {
    throw new InputError('vicreg: weights, got 0 for every term, wanted at least one above 0');
  }
  return {
    conventions: { ...conventions, eps: eps ?? conventions.eps },
    weights: all,
    gamma,
    centre,
  };
}
