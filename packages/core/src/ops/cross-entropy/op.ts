import { checkNumber, checkShapes } from '../../checks.js';
import type { Scalar, Tensor2D } from '../../tf.js';
import { chooseImplementation } from '../implementation.js';
import type { SoftargmaxOptions } from '../softargmax/op.js';
import { crossEntropyComposed } from './composed.js';
import { crossEntropyWasm } from './wasm.js';

/** The backends with a kernel of their own. */
export const crossEntropyFused = ['wasm'] as const;

/**
 * Cross-entropy of scores against soft labels, which are constants: no gradient flows to them.
 *
 *     -(1/N) sum_n sum_k q_nk log softargmax(scores / T)_nk
 *
 * Linear in the labels, whose rows may sum to anything: several labels for one prediction cost one pass if they are added up first.
 *
 * @param targets `[N, K]` float32.
 * @param scores `[N, K]` float32.
 * @returns a scalar, differentiable by `scores`.
 * @throws ShapeError "crossEntropy: scores has K=4, wanted K=8 as in targets"; InputError for a temperature that is not above 0.
 */
export function crossEntropy(targets: Tensor2D, scores: Tensor2D, options: Partial<SoftargmaxOptions> = {}): Scalar {
  checkShapes('crossEntropy', { targets: [targets, 'N K'], scores: [scores, 'N K'] });
  const temperature = checkNumber('crossEntropy', 'temperature', options.temperature ?? 1, { above: 0 });
  const compute =
    chooseImplementation('crossEntropy', options, crossEntropyFused) === 'wasm'
      ? crossEntropyWasm
      : crossEntropyComposed;
  return compute(targets, scores, temperature);
}
