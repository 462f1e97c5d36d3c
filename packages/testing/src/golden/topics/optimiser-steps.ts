import { InputError, tf, type Tensor } from '@jembench/core';
import { biasesAndNorms, type NamedTensors, type Optimiser, type WeightGroup } from '@jembench/trainers';
import type { CaseReader } from '../case-reader.js';
import type { Tolerance } from '../tolerance.js';
import type { GoldenArray } from '../values.js';

/**
 * A weight after T steps carries T roundings of itself, which add up like sqrt(T) (3.2 for the ten steps of these files), and those of
 * the T updates, which are smaller than the weight. 4 of them cover momentum, decay and the norms of LARS.
 */
export const optimiserTolerance: Tolerance = { precision: 'float32', ulps: 4 };

/** The groups that the exclusions of a case come to: both concern tensors of rank 1. */
export function exclusionGroups(reader: CaseReader): readonly WeightGroup[] {
  const { matches } = biasesAndNorms;
  const groups: WeightGroup[] = [];
  if (reader.optionalParam('excludeBiasAndNormFromDecay', false)) groups.push({ matches, weightDecay: false });
  if (reader.optionalParam('excludeBiasAndNormFromAdaptation', false)) groups.push({ matches, adaptation: false });
  return groups;
}

/** Applies the case's gradients one after another and compares the weights after each. */
export function compareSteps(reader: CaseReader, optimiser: Optimiser, learningRate: number): void {
  const named = reader.param<string>('optimizer');
  if (named !== optimiser.name) {
    throw new InputError(`${reader.name}: params.optimizer, got "${named}", wanted "${optimiser.name}" in this topic`);
  }
  const weightDecay = reader.optionalParam('weightDecay', 0);
  let weights = tensors(reader.inputTable('params'));
  let state = optimiser.init(weights);
  const after = reader.inputTables('grads').map((gradients) => {
    ({ weights, state } = optimiser.update(weights, tensors(gradients), state, { learningRate, weightDecay }));
    return weights;
  });
  reader.expectTables('params_after', after);
}

function tensors(arrays: Readonly<Record<string, GoldenArray>>): NamedTensors {
  const entries = Object.entries(arrays).map(([name, { data, shape }]): [string, Tensor] => [
    name,
    tf.tensor(Float32Array.from(data), [...shape]),
  ]);
  return Object.fromEntries(entries);
}
