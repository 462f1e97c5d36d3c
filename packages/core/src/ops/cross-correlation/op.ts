import { checkNumber, checkShapes } from '../../checks.js';
import type { Tensor2D } from '../../tf.js';
import { chooseImplementation, type ImplementationOption } from '../implementation.js';
import { crossCorrelationComposed } from './composed.js';
import { crossCorrelationWasm } from './wasm.js';

export interface CrossCorrelationOptions extends ImplementationOption {
  /** Added to each view's variances. Default 1e-5. */
  readonly eps: number;
}

/** The backends with a kernel of their own. */
export const crossCorrelationFused = ['wasm'] as const;

/** The checks that every op on two views shares. */
export function checkViews(where: string, a: Tensor2D, b: Tensor2D, eps: number): void {
  checkShapes(where, { a: [a, 'N D'], b: [b, 'N D'] }, { N: 2 });
  checkNumber(where, 'eps', eps, { above: 0 });
}

/**
 * Cross-correlation matrix of two embedded views.
 *
 *     C = standardise(a)^T standardise(b) / N
 *
 * @param a `[N, D]` float32, view 1; `N >= 2`.
 * @param b `[N, D]` float32, view 2; row i is the same image as row i of `a`.
 * @returns `[D, D]`, differentiable; `C_jk` belongs to dimension j of `a` and k of `b`.
 * @throws ShapeError "crossCorrelation: b has D=4, wanted D=8 as in a", or for another rank or dtype.
 * @throws InputError for an `eps` that is not above 0.
 * @see Zbontar et al., arXiv:2103.03230; facebookresearch/barlowtwins@8e8d284 main.py
 */
export function crossCorrelation(a: Tensor2D, b: Tensor2D, options: Partial<CrossCorrelationOptions> = {}): Tensor2D {
  const { eps = 1e-5 } = options;
  checkViews('crossCorrelation', a, b, eps);
  const compute =
    chooseImplementation('crossCorrelation', options, crossCorrelationFused) === 'wasm'
      ? crossCorrelationWasm
      : crossCorrelationComposed;
  return compute(a, b, eps);
}
