import { inRange } from './checks.js';

/**
 * What an optimiser does differently for some weights.
 *
 * All groups that match a weight apply, later ones over earlier ones, so that "a bias" and "of the predictor" can be said apart.
 */
export interface WeightGroup {
  /** Whether the weight of this name and shape belongs to the group. */
  readonly matches: (name: string, shape: readonly number[]) => boolean;
  /** False takes the weights out of weight decay. */
  readonly weightDecay?: boolean;
  /** False takes the weights out of LARS's layer-wise adaptation. */
  readonly adaptation?: boolean;
  /** Multiplies the learning rate of the step (Barlow Twins: 0.0048 / 0.2 for biases and norms). */
  readonly learningRateScale?: number;
  /** Replaces the learning rate of the step (SimSiam: the predictor's stays constant); no scale applies to it. */
  readonly learningRate?: number;
}

/** Biases and the scales and offsets of norms: everything of rank 0 or 1. No weight decay, no adaptation. */
export const biasesAndNorms: WeightGroup = {
  matches: (_name, shape) => shape.length <= 1,
  weightDecay: false,
  adaptation: false,
};

/** What the groups come to for one weight at one step. */
export interface WeightSettings {
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly adaptation: boolean;
}

/** The settings of one weight, given the values that the schedules have at this step. */
export function weightSettings(
  groups: readonly WeightGroup[],
  name: string,
  shape: readonly number[],
  step: { readonly learningRate: number; readonly weightDecay: number },
): WeightSettings {
  let { learningRate, weightDecay } = step;
  let adaptation = true;
  let scale = 1;
  let constant: number | undefined;
  for (const group of groups) {
    if (!group.matches(name, shape)) continue;
    if (group.weightDecay !== undefined) weightDecay = group.weightDecay ? step.weightDecay : 0;
    if (group.adaptation !== undefined) adaptation = group.adaptation;
    if (group.learningRateScale !== undefined) scale = group.learningRateScale;
    if (group.learningRate !== undefined) constant = group.learningRate;
  }
  learningRate = constant ?? learningRate * scale;
  inRange(`optimiser groups for "${name}"`, 'learning rate', learningRate, 0);
  return { learningRate, weightDecay, adaptation };
}
