import { checkNumber, checkShapes } from '../../checks.js';
import type { Tensor } from '../../tf.js';
import { chooseImplementation, type ImplementationOption } from '../implementation.js';
import { logSoftargmaxComposed, softargmaxComposed } from './composed.js';
import { logSoftargmaxWasm, softargmaxWasm } from './wasm.js';

export interface SoftargmaxOptions extends ImplementationOption {
  /** Divides the scores: towards 0 the result is the one-hot argmax, towards infinity it is uniform. Default 1. */
  readonly temperature: number;
}

/** The backends with a kernel of their own. */
export const softargmaxFused = ['wasm'] as const;

function checkedTemperature(where: string, z: Tensor, options: Partial<SoftargmaxOptions>): number {
  checkShapes(where, { z: [z, '... K'] });
  return checkNumber(where, 'temperature', options.temperature ?? 1, { above: 0 });
}

/**
 * Softargmax (known as softmax): scores as a distribution over the last axis.
 *
 *     exp(z_k / T) / sum_i exp(z_i / T)
 *
 * Any finite scores and temperatures: nothing overflows. A score of -Infinity has probability 0; +Infinity gives NaN.
 *
 * @param z `[..., K]` float32.
 * @returns the shape of `z`, differentiable.
 * @throws ShapeError for a scalar, an empty tensor or another dtype; InputError for a temperature that is not above 0.
 */
export function softargmax<T extends Tensor>(z: T, options: Partial<SoftargmaxOptions> = {}): T {
  const temperature = checkedTemperature('softargmax', z, options);
  const isFused = chooseImplementation('softargmax', options, softargmaxFused) === 'wasm';
  return isFused ? softargmaxWasm(z, temperature) : softargmaxComposed(z, temperature);
}

/**
 * Logarithm of `softargmax`, finite where that underflows to 0.
 *
 *     z_k / T - log sum_i exp(z_i / T)
 *
 * @param z `[..., K]` float32.
 * @returns the shape of `z`, differentiable.
 * @throws as `softargmax`.
 */
export function logSoftargmax<T extends Tensor>(z: T, options: Partial<SoftargmaxOptions> = {}): T {
  const temperature = checkedTemperature('logSoftargmax', z, options);
  const isFused = chooseImplementation('logSoftargmax', options, softargmaxFused) === 'wasm';
  return isFused ? logSoftargmaxWasm(z, temperature) : logSoftargmaxComposed(z, temperature);
}
