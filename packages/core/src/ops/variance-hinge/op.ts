import { checkChoice, checkNumber } from '../../checks.js';
import type { Scalar, Tensor2D } from '../../tf.js';
import { checkMoments, type MomentOptions } from '../covariance/op.js';
import { chooseImplementation, type ImplementationOption } from '../implementation.js';
import { varianceHingeComposed } from './composed.js';
import { varianceHingeWasm } from './wasm.js';

export interface VarianceHingeOptions extends MomentOptions, ImplementationOption {
  /** The spread from which nothing is charged. Default 1. */
  readonly gamma: number;
  /** Added to the variance under the root; without meaning for `spread: 'variance'`. Default 1e-4. */
  readonly eps: number;
  /** What the hinge is on. With the variance its gradient fades as the batch shrinks; with the standard deviation it does not. Default `std`. */
  readonly spread: 'std' | 'variance';
}

/** The backends with a kernel of their own. */
export const varianceHingeFused = ['wasm'] as const;

/**
 * Variance term of a batch of embeddings: what each dimension lacks in spread, averaged.
 *
 *     (1/D) sum_j max(0, gamma - s_j),   s_j = sqrt(var_j + eps), or var_j
 *
 * A constant batch is charged `gamma - sqrt(eps)`, 0.99 with the defaults. A variance that overflows float32 gives NaN, not 0.
 *
 * @param z `[N, D]` float32, `N > ddof`.
 * @returns a scalar, differentiable; at the hinge's edge the gradient is that of its flat side.
 * @throws ShapeError as `covariance`; InputError for a `gamma` or `eps` that is not above 0, an unknown `spread`.
 * @see Bardes et al., arXiv:2105.04906; facebookresearch/vicreg@4e12602 main_vicreg.py
 */
export function varianceHinge(z: Tensor2D, options: Partial<VarianceHingeOptions> = {}): Scalar {
  const { gamma = 1, eps = 1e-4 } = options;
  const { centred, ddof } = checkMoments('varianceHinge', z, options);
  checkNumber('varianceHinge', 'gamma', gamma, { above: 0 });
  checkNumber('varianceHinge', 'eps', eps, { above: 0 });
  const spread = checkChoice('varianceHinge', 'spread', options.spread ?? 'std', ['std', 'variance']);
  const isFused = chooseImplementation('varianceHinge', options, varianceHingeFused) === 'wasm';
  return (isFused ? varianceHingeWasm : varianceHingeComposed)(z, { gamma, eps, spread, centred, ddof });
}
