import { checkNumber, checkSameShape } from '../../checks.js';
import { ShapeError } from '../../errors.js';
import type { NamedTensorMap, Tensor } from '../../tf.js';
import { chooseImplementation, type ImplementationOption } from '../implementation.js';
import { emaComposed } from './composed.js';
import { emaWasm } from './wasm.js';

/** The backends with a kernel of their own. */
export const emaFused = ['wasm'] as const;

/**
 * Exponential moving average: the teacher moved towards the online weights.
 *
 *     teacher + (1 - momentum) (online - teacher)
 *
 * Momentum 1 leaves the teacher as it is, bit by bit; 0 gives the online weights, to a rounding.
 *
 * @param teacher any shape, float32.
 * @param online the shape of `teacher`.
 * @param momentum from 0 to 1.
 * @returns a new tensor; neither argument is changed.
 * @throws ShapeError "ema: online has shape [2,3], wanted [3,2] as teacher"; InputError for a momentum out of range.
 * @see Grill et al., arXiv:2006.07733; google-deepmind/deepmind-research@f5de0ed byol/byol_experiment.py
 */
export function ema<T extends Tensor>(teacher: T, online: T, momentum: number, options: ImplementationOption = {}): T {
  checkSameShape('ema', 'online', online, 'teacher', teacher);
  checkNumber('ema', 'momentum', momentum, { from: 0, to: 1 });
  const fused = chooseImplementation('ema', options, emaFused) === 'wasm' && teacher.dtype === 'float32';
  return fused ? emaWasm(teacher, online, momentum) : emaComposed(teacher, online, momentum);
}

/**
 * `ema` of every tensor of a table of weights.
 *
 * @throws ShapeError when the names differ, "emaWeights: online has no "bias", wanted the names of teacher", and as `ema`.
 */
export function emaWeights(teacher: NamedTensorMap, online: NamedTensorMap, momentum: number): NamedTensorMap {
  const names = Object.keys(teacher);
  const missing = names.find((name) => !Object.hasOwn(online, name));
  if (missing !== undefined) {
    throw new ShapeError(`emaWeights: online has no "${missing}", wanted the names of teacher`);
  }
  const extra = Object.keys(online).find((name) => !Object.hasOwn(teacher, name));
  if (extra !== undefined) throw new ShapeError(`emaWeights: online has "${extra}", wanted the names of teacher`);
  for (const name of names) checkSameShape('emaWeights', `online "${name}"`, online[name], 'in teacher', teacher[name]);
  return Object.fromEntries(names.map((name) => [name, ema(teacher[name], online[name], momentum)]));
}
