import { InputError, tf, type Tensor } from '@jembench/core';
import { startRun, type DataShape, type Optimiser, type Plan, type RunState } from '@jembench/trainers';
import type { StepInputs, Values } from './inputs.js';

/** The only moment of a run of one step. */
export const moment = { step: 0, epoch: 0, totalSteps: 1, stepsPerEpoch: 1 };

export const tensor = ({ data, shape }: Values): Tensor => tf.tensor(data, [...shape]);

/**
 * A run at given weights, its caller's to dispose.
 *
 * @throws InputError where the weights of the plan's networks have other names.
 */
export async function runAt(
  plan: Plan,
  image: Omit<DataShape, 'classes'>,
  weights: StepInputs['weights'],
  optimiser?: Optimiser,
): Promise<RunState> {
  const run = await startRun(plan, { ...image, classes: [] }, moment, optimiser);
  const trainable = run.online.weights.filter((weight) => weight.trainable);
  const names = trainable.map((weight) => weight.name);
  if (names.sort().join() !== Object.keys(weights).sort().join()) {
    throw new InputError(
      `${plan.description.method}: weights, got ${names.join(', ')}, wanted ${Object.keys(weights).join(', ')}`,
    );
  }
  for (const weight of trainable) {
    const value = tensor(weights[weight.name]);
    weight.variable.assign(value);
    value.dispose();
  }
  return run;
}
