import { checkChoice, checkShapes, shapeText } from '../../checks.js';
import { ShapeError } from '../../errors.js';
import type { Scalar, Tensor2D } from '../../tf.js';
import { checkMoments, type MomentOptions } from '../covariance/op.js';
import { chooseImplementation, type ImplementationOption } from '../implementation.js';
import { penaltyForms, penaltyInForm, type PenaltyForm } from './choose-form.js';
import { offDiagonalSquaresComposed, penaltyDirect, penaltyGramTerms } from './composed.js';
import { penaltyWasm } from './wasm.js';
import { penaltyWebgpu } from './webgpu.js';

export interface OffDiagonalPenaltyOptions extends MomentOptions, ImplementationOption {
  /**
   * `direct` squares the `[D, D]` covariance, `gram` the `[N, N]` Gram matrix; `auto`, the default, takes `gram` for `D >= 2 N`, unless
   * the batch is such that its subtraction would lose more than a bit. With the wasm kernel, whose totals are float64: for `D >= 1.5 N`, unless
   * less than a fifth would be left. Where reading is not cheap (webgl, webgpu) `auto` is `direct`.
   */
  readonly form: PenaltyForm | 'auto';
}

/** The backends with a kernel of their own. */
export const offDiagonalPenaltyFused = ['wasm', 'webgpu'] as const;

/**
 * Decorrelation penalty of a batch of embeddings: the squared covariances of different dimensions, summed.
 *
 *     sum_{j != k} C_jk^2  =  |X X^T|_F^2 / (N - ddof)^2 - sum_j C_jj^2,   C = covariance(z)
 *
 * Unnormalised: VICReg divides it by D.
 *
 * @param z `[N, D]` float32, `N > ddof`.
 * @returns a scalar, differentiable.
 * @throws ShapeError as `covariance`; InputError for an unknown form or a `ddof` that is not an integer from 0.
 * @see Bardes et al., arXiv:2105.04906; the Gram form: Garrido et al., arXiv:2206.02574
 */
export function offDiagonalPenalty(z: Tensor2D, options: Partial<OffDiagonalPenaltyOptions> = {}): Scalar {
  const { centred, ddof } = checkMoments('offDiagonalPenalty', z, options);
  const form = checkChoice('offDiagonalPenalty', 'form', options.form ?? 'auto', penaltyForms);
  const implementation = chooseImplementation('offDiagonalPenalty', options, offDiagonalPenaltyFused);
  if (implementation === 'wasm') return penaltyWasm(z, centred, ddof, form);
  if (implementation === 'webgpu') return penaltyWebgpu(z, centred, ddof, form);
  return penaltyInForm(
    form,
    z.shape,
    () => penaltyGramTerms(z, centred, ddof),
    () => penaltyDirect(z, centred, ddof),
  );
}

/**
 * The sum of the squares of a square matrix's off-diagonal elements, `sum_{j != k} c_jk^2`.
 *
 * @param c `[D, D]` float32.
 * @returns a scalar, differentiable.
 * @throws ShapeError "offDiagonalSquares: c has shape [3,4], wanted a square matrix".
 */
export function offDiagonalSquares(c: Tensor2D): Scalar {
  const { D, E } = checkShapes('offDiagonalSquares', { c: [c, 'D E'] });
  if (D !== E) throw new ShapeError(`offDiagonalSquares: c has shape ${shapeText(c)}, wanted a square matrix`);
  return offDiagonalSquaresComposed(c);
}
