import { checkNumber, checkShapes } from '../../checks.js';
import type { Tensor2D } from '../../tf.js';
import { chooseImplementation, type ImplementationOption } from '../implementation.js';
import { standardiseComposed } from './composed.js';
import { standardiseWasm } from './wasm.js';

export interface StandardiseOptions extends ImplementationOption {
  /** Added to the variance. Default 1e-5, as in every official batch normalisation. */
  readonly eps: number;
}

/** The backends with a kernel of their own. */
export const standardiseFused = ['wasm'] as const;

/**
 * Embeddings with mean 0 and variance 1 over the batch: batch normalisation without affine parameters.
 *
 *     (z - mean_j) / sqrt(var_j + eps),   var_j biased (divided by N)
 *
 * A constant column gives zeros. A column whose variance overflows float32 gives NaN, not zeros.
 *
 * @param z `[N, D]` float32, `N >= 2`.
 * @returns `[N, D]`, differentiable.
 * @throws ShapeError for another rank or dtype, or "standardise: z has N=1, wanted N >= 2".
 * @throws InputError for an `eps` that is not above 0.
 * @see Zbontar et al., arXiv:2103.03230; facebookresearch/barlowtwins@8e8d284 main.py
 */
export function standardise(z: Tensor2D, options: Partial<StandardiseOptions> = {}): Tensor2D {
  const { eps = 1e-5 } = options;
  checkShapes('standardise', { z: [z, 'N D'] }, { N: 2 });
  checkNumber('standardise', 'eps', eps, { above: 0 });
  const compute =
    chooseImplementation('standardise', options, standardiseFused) === 'wasm' ? standardiseWasm : standardiseComposed;
  return compute(z, eps);
}
