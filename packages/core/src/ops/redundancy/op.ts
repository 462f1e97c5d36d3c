import { checkChoice } from '../../checks.js';
import { tf, type Scalar, type Tensor1D, type Tensor2D } from '../../tf.js';
import { checkViews, type CrossCorrelationOptions } from '../cross-correlation/op.js';
import { penaltyForms, penaltyInForm, type PenaltyForm } from '../decorrelation/choose-form.js';
import { chooseImplementation } from '../implementation.js';
import { standardiseComposed } from '../standardise/composed.js';
import { correlationDiagonal, offDiagonalDirect, offDiagonalGramTerms } from './composed.js';
import { redundancyWasm } from './wasm.js';
import { offDiagonalWebgpu } from './webgpu.js';

export interface RedundancyOptions extends CrossCorrelationOptions {
  /** As in `offDiagonalPenalty`. Default `auto`. */
  readonly form: PenaltyForm | 'auto';
}

export interface Redundancy {
  /** `[D]`: `C_jj`, the agreement of the two views in each dimension. */
  readonly diagonal: Tensor1D;
  /** `sum_{j != k} C_jk^2`, the redundancy between dimensions. */
  readonly offDiagonal: Scalar;
}

/** The backends with a kernel of their own. */
export const redundancyFused = ['wasm', 'webgpu'] as const;

/**
 * What Barlow Twins reads off the cross-correlation matrix `C` of two views, without forming it where that is cheaper.
 *
 *     diagonal = C_jj,   offDiagonal = sum_{j != k} C_jk^2 = <X X^T, Y Y^T> / N^2 - sum_j C_jj^2,   X, Y the standardised views
 *
 * @param a `[N, D]` float32, view 1; `N >= 2`.
 * @param b `[N, D]` float32, view 2; row i is the same image as row i of `a`.
 * @returns both terms, differentiable.
 * @throws ShapeError and InputError as `crossCorrelation`; InputError for an unknown form.
 * @see Zbontar et al., arXiv:2103.03230; facebookresearch/barlowtwins@8e8d284 main.py
 */
export function redundancy(a: Tensor2D, b: Tensor2D, options: Partial<RedundancyOptions> = {}): Redundancy {
  const { eps = 1e-5 } = options;
  checkViews('redundancy', a, b, eps);
  const form = checkChoice('redundancy', 'form', options.form ?? 'auto', penaltyForms);
  const implementation = chooseImplementation('redundancy', options, redundancyFused);
  if (implementation === 'wasm') return redundancyWasm(a, b, eps, form);
  const direct = implementation === 'webgpu' ? offDiagonalWebgpu : offDiagonalDirect;
  return tf.tidy(() => {
    const x = standardiseComposed(a, eps);
    const y = standardiseComposed(b, eps);
    const diagonal = correlationDiagonal(x, y);
    const offDiagonal = penaltyInForm(
      form,
      a.shape,
      () => offDiagonalGramTerms(x, y, diagonal),
      () => direct(x, y),
    );
    return { diagonal, offDiagonal };
  });
}
