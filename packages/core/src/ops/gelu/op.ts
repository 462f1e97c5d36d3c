import { checkShapes } from '../../checks.js';
import type { Tensor } from '../../tf.js';
import { chooseImplementation, type ImplementationOption } from '../implementation.js';
import { geluComposed } from './composed.js';
import { geluWasm } from './wasm.js';

/** The backends with a kernel of their own. */
export const geluFused = ['wasm'] as const;

/**
 * Gaussian error linear unit.
 *
 *     x Phi(x),   Phi the normal distribution function (the form with erf, not the one with tanh)
 *
 * @param x float32, any rank from 1.
 * @returns the shape of `x`, differentiable.
 * @throws ShapeError for a scalar, an empty tensor or another dtype.
 * @see Hendrycks and Gimpel, arXiv:1606.08415
 */
export function gelu<T extends Tensor>(x: T, options: ImplementationOption = {}): T {
  checkShapes('gelu', { x: [x, '... D'] });
  return chooseImplementation('gelu', options, geluFused) === 'wasm' ? geluWasm(x) : geluComposed(x);
}
