import { checkChoice, checkNumber, checkShapes } from '../../checks.js';
import type { Tensor } from '../../tf.js';
import { chooseImplementation, type ImplementationOption } from '../implementation.js';
import { l2NormaliseComposed } from './composed.js';
import { l2NormaliseWasm } from './wasm.js';

export interface L2NormaliseOptions extends ImplementationOption {
  /** The smallest norm, or square of a norm, that is divided by. Default 1e-12. */
  readonly eps: number;
  /**
   * What `eps` bounds. `norm`: `z / max(|z|, eps)`, as PyTorch; `square`: `z / sqrt(max(|z|^2, eps))`, as BYOL's code. They differ for
   * rows shorter than 1e-6. Default `norm`.
   */
  readonly clamp: 'norm' | 'square';
}

/** The backends with a kernel of their own. */
export const l2NormaliseFused = ['wasm'] as const;

/**
 * Rows of unit length.
 *
 *     z / max(|z|_2, eps),   |z| over the last axis
 *
 * A zero row stays zero and its gradient is that of a row below the clamp: `dy / eps`. A row whose square overflows float32 (longer than
 * about 1e19) gives NaN, not zeros.
 *
 * @param z `[..., D]` float32.
 * @returns the shape of `z`, differentiable.
 * @throws ShapeError for a scalar, an empty tensor or another dtype.
 * @throws InputError for an `eps` below what float32 can square (1e-12, with `clamp: 'square'` 1e-24), an unknown `clamp`.
 * @see torch.nn.functional.normalize; google-deepmind/deepmind-research@f5de0ed byol/utils/helpers.py l2_normalize
 */
export function l2Normalise<T extends Tensor>(z: T, options: Partial<L2NormaliseOptions> = {}): T {
  const { eps = 1e-12 } = options;
  checkShapes('l2Normalise', { z: [z, '... D'] });
  const clamp = checkChoice('l2Normalise', 'clamp', options.clamp ?? 'norm', ['norm', 'square']);
  checkNumber('l2Normalise', 'eps', eps, { from: clamp === 'norm' ? 1e-12 : 1e-24 });
  const smallestSquare = clamp === 'norm' ? eps * eps : eps;
  const isFused = chooseImplementation('l2Normalise', options, l2NormaliseFused) === 'wasm';
  return isFused ? l2NormaliseWasm(z, smallestSquare) : l2NormaliseComposed(z, smallestSquare);
}
