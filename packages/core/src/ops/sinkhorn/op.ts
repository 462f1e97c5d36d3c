import { checkChoice, checkNumber, checkShapes } from '../../checks.js';
import { tf, type Tensor2D } from '../../tf.js';
import { chooseImplementation, type ImplementationOption } from '../implementation.js';
import { readsCheaply } from '../reads-cheaply.js';
import { withoutGradient } from '../stop-gradient.js';
import { sinkhornLog, sinkhornPlain } from './composed.js';
import { sinkhornWasm } from './wasm.js';
import { sinkhornWebgpu } from './webgpu.js';

export interface SinkhornOptions extends ImplementationOption {
  /** Entropy of the assignment: small gives nearly one prototype a sample, large a uniform one. Default 0.05. */
  readonly epsilon: number;
  /** How often prototypes and samples are balanced in turn. Default 3. */
  readonly iterations: number;
  /**
   * `plain` works on `exp(scores / epsilon)`, `log` on logarithms: slower, and exact for every epsilon. `auto`, the default, takes
   * `plain` where the range of the scores allows it.
   */
  readonly domain: 'auto' | 'plain' | 'log';
}

/** The backends with a kernel of their own. */
export const sinkhornFused = ['wasm', 'webgpu'] as const;

/**
 * The largest `(max - min) / epsilon` for `plain`: scaling vectors may reach the square of its exponential, and `exp(81)` is about half of
 * float32's range. Cosines with epsilon 0.05 have 40.
 */
const plainRange = 40.5;

/**
 * Sinkhorn-Knopp: soft assignment of samples to prototypes under the constraint that all prototypes are used equally.
 *
 *     Q = exp(scores / epsilon) / sum;   iterations x { every prototype's column / (its sum K),  every sample's row / (its sum N) };   Q N
 *
 * With one iteration or more every row sums to 1, and the columns' sums tend to N / K. No gradient flows through it.
 *
 * @param scores `[N, K]` float32, a sample a row; any N and K.
 * @returns `[N, K]`. With `domain: 'plain'` and a range of scores above 80 epsilon a prototype may vanish: NaN.
 * @throws ShapeError for another rank or dtype.
 * @throws InputError for an epsilon that is not above 0, iterations that are not an integer from 0, an unknown domain.
 * @see Caron et al., arXiv:2006.09882; facebookresearch/swav@06b1b7c main_swav.py distributed_sinkhorn
 */
export function sinkhorn(scores: Tensor2D, options: Partial<SinkhornOptions> = {}): Tensor2D {
  const { epsilon = 0.05, iterations = 3 } = options;
  checkShapes('sinkhorn', { scores: [scores, 'N K'] });
  checkNumber('sinkhorn', 'epsilon', epsilon, { above: 0 });
  checkNumber('sinkhorn', 'iterations', iterations, { from: 0, integer: true });
  const domain = checkChoice('sinkhorn', 'domain', options.domain ?? 'auto', ['auto', 'plain', 'log']);
  const implementation = chooseImplementation('sinkhorn', options, sinkhornFused);
  return withoutGradient(scores, (constant) => {
    if (implementation === 'wasm') return sinkhornWasm(constant, { epsilon, iterations, domain });
    if (implementation === 'webgpu') return sinkhornWebgpu(constant, { epsilon, iterations, domain });
    const plain = domain === 'plain' || (domain === 'auto' && fitsPlainDomain(constant, epsilon));
    return plain ? sinkhornPlain(constant, epsilon, iterations) : sinkhornLog(constant, epsilon, iterations);
  });
}

/** False for scores that are not finite. */
function fitsPlainDomain(scores: Tensor2D, epsilon: number): boolean {
  if (!readsCheaply()) return false;
  const range = tf.tidy(() => tf.sub(tf.max(scores), tf.min(scores)).dataSync()[0]);
  return range / epsilon <= plainRange;
}
