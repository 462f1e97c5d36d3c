import { checkNumber, checkShapes } from '../../checks.js';
import type { Tensor2D } from '../../tf.js';
import { chooseImplementation, type ImplementationOption } from '../implementation.js';
import { covarianceComposed } from './composed.js';
import { covarianceWasm } from './wasm.js';
import { covarianceWebgpu } from './webgpu.js';

export interface MomentOptions {
  /** Subtract the column means first. Default true. */
  readonly centred: boolean;
  /** The divisor is `N - ddof`: 1 gives the unbiased estimate, 0 the biased one. Default 1. */
  readonly ddof: number;
}

/** The backends with a kernel of their own. */
export const covarianceFused = ['wasm', 'webgpu'] as const;

export type CovarianceOptions = MomentOptions & ImplementationOption;

/** The checks that every op on second moments shares; returns the options complete. */
export function checkMoments(
  where: string,
  z: Tensor2D,
  { centred = true, ddof = 1 }: Partial<MomentOptions>,
): MomentOptions {
  checkNumber(where, 'ddof', ddof, { from: 0, integer: true });
  checkShapes(where, { z: [z, 'N D'] }, { N: ddof + 1 });
  return { centred, ddof };
}

/**
 * Covariance matrix of a batch of embeddings.
 *
 *     C = X^T X / (N - ddof),   X = z - mean over the batch (centred), or z itself
 *
 * @param z `[N, D]` float32, `N > ddof`.
 * @returns `[D, D]`, differentiable.
 * @throws ShapeError for another rank or dtype, or "covariance: z has N=1, wanted N >= 2".
 * @throws InputError for a `ddof` that is not an integer from 0.
 * @see Bardes et al., arXiv:2105.04906; facebookresearch/vicreg@4e12602 main_vicreg.py
 */
export function covariance(z: Tensor2D, options: Partial<CovarianceOptions> = {}): Tensor2D {
  const { centred, ddof } = checkMoments('covariance', z, options);
  const implementation = chooseImplementation('covariance', options, covarianceFused);
  if (implementation === 'wasm') return covarianceWasm(z, centred, ddof);
  if (implementation === 'webgpu') return covarianceWebgpu(z, centred, ddof);
  return covarianceComposed(z, centred, ddof);
}
