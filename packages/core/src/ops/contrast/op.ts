import { checkNumber, checkShapes } from '../../checks.js';
import { ShapeError } from '../../errors.js';
import type { Scalar, Tensor2D } from '../../tf.js';
import { chooseImplementation, type ImplementationOption } from '../implementation.js';
import { contrastComposed } from './composed.js';
import { contrastWasm } from './wasm.js';

export interface ContrastOptions extends ImplementationOption {
  /** Divides the cosines. Default 0.5. */
  readonly temperature: number;
}

export interface Contrast {
  /** Mean over the anchors of `-log(exp(s_ip) / sum_{j != i} exp(s_ij))`. */
  readonly total: Scalar;
  /** Mean over the anchors of `-s_ip`. */
  readonly attraction: Scalar;
}

/** The backends with a kernel of their own. */
export const contrastFused = ['wasm'] as const;

/**
 * What NT-Xent reads off the cosines of two views.
 *
 *     s_ij = z_i . z_j / temperature,   p the other view of anchor i: row i + N of row i, and the other way round
 *
 * @param z `[2N, D]` float32, rows of length 1: all first views, then all second ones; `N >= 2`, since one image has no negatives.
 * @returns both terms, differentiable.
 * @throws ShapeError for another rank, dtype or an odd number of rows; InputError for a temperature that is not above 0.
 * @see Chen et al., arXiv:2002.05709; google-research/simclr@383d414 tf2/objective.py
 */
export function contrast(z: Tensor2D, options: Partial<ContrastOptions> = {}): Contrast {
  const { M } = checkShapes('contrast', { z: [z, 'M D'] }, { M: 4 });
  if (M % 2 !== 0) throw new ShapeError(`contrast: z has M=${M}, wanted an even number of rows: two of every image`);
  const temperature = checkNumber('contrast', 'temperature', options.temperature ?? 0.5, { above: 0 });
  const compute = chooseImplementation('contrast', options, contrastFused) === 'wasm' ? contrastWasm : contrastComposed;
  return compute(z, temperature);
}
