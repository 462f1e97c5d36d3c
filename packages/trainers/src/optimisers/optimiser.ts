import { InputError, ShapeError, tf, updateKernels, type Tensor, type UpdateKernels } from '@jembench/core';
import { inRange } from './checks.js';
import { weightSettings, type WeightGroup, type WeightSettings } from './groups.js';

/** Weights, gradients or moments, by the name of their weight. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

/** Everything an optimiser remembers: saving `steps` as JSON and `tensors` as float32 restores it bit for bit. */
export interface OptimiserState {
  /** How often each weight was updated (a frozen weight's count stands still, as in torch.optim). */
  readonly steps: Readonly<Record<string, number>>;
  /** `SLOT/NAME`, each of its weight's shape: `momentum/encoder/dense/kernel`. */
  readonly tensors: NamedTensors;
}

/** The values of the schedules at this step. */
export interface StepValues {
  /** At least 0. */
  readonly learningRate: number;
  /** At least 0; 0 when left out. */
  readonly weightDecay?: number;
}

/**
 * An optimiser without inner state.
 *
 * Nothing that goes in is changed or disposed, every tensor that comes out is new and the caller's to dispose.
 */
export interface Optimiser {
  readonly name: string;
  /** The state before the first update. */
  init(weights: NamedTensors): OptimiserState;
  /**
   * One step.
   *
   * A weight without a gradient is frozen: it and its moments come out as they went in, without decay.
   * A NaN or an infinity in a gradient always reaches the weight, it is never masked.
   *
   * @throws InputError for a gradient without a weight, a weight without state, a negative or non-finite learning rate or decay;
   *   ShapeError for a gradient of another shape than its weight.
   */
  update(
    weights: NamedTensors,
    gradients: NamedTensors,
    state: OptimiserState,
    values: StepValues,
  ): { readonly weights: NamedTensors; readonly state: OptimiserState };
}

/** One weight's share of a step. */
export interface RuleInput<Slot extends string> extends WeightSettings {
  readonly weight: Tensor;
  readonly gradient: Tensor;
  readonly slots: Readonly<Record<Slot, Tensor>>;
  /** 1 at the weight's first update. */
  readonly step: number;
}

/**
 * The arithmetic of an optimiser on one weight.
 *
 * This is the seam for fused kernels: each optimiser takes a `rule` in place of its composed one. A rule may leave intermediates to
 * the tidy around it; it must not dispose its inputs.
 */
export type UpdateRule<Slot extends string> = (input: RuleInput<Slot>) => {
  weight: Tensor;
  slots: Record<Slot, Tensor>;
};

/** The rule by the backend's own kernels where it has some, else the composed one. */
export function fusedOrComposed<Slot extends string>(
  composed: UpdateRule<Slot>,
  fused: (kernels: UpdateKernels, input: RuleInput<Slot>) => ReturnType<UpdateRule<Slot>>,
): UpdateRule<Slot> {
  return (input) => {
    // Asked at every step: the backend may have changed since the optimiser was made.
    const kernels = updateKernels();
    return kernels === undefined ? composed(input) : fused(kernels, input);
  };
}

/** An optimiser from its rule: names, groups, step counts, frozen weights and memory are the same for all. */
export function optimiserOf<Slot extends string>(
  name: string,
  slots: readonly Slot[],
  groups: readonly WeightGroup[],
  rule: UpdateRule<Slot>,
): Optimiser {
  const slotsOf = (weight: string, state: OptimiserState): Record<Slot, Tensor> => {
    const found = {} as Record<Slot, Tensor>;
    for (const slot of slots) found[slot] = state.tensors[`${slot}/${weight}`];
    return found;
  };

  const check = (weights: NamedTensors, gradients: NamedTensors, state: OptimiserState): void => {
    for (const [key, gradient] of Object.entries(gradients)) {
      if (!Object.hasOwn(weights, key)) {
        throw new InputError(
          `${name}: gradient "${key}", got no weight of that name, wanted one of ${Object.keys(weights).join(', ')}`,
        );
      }
      const [got, wanted] = [gradient.shape.join(', '), weights[key].shape.join(', ')];
      if (got !== wanted) throw new ShapeError(`${name}: gradient of "${key}" has shape [${got}], wanted [${wanted}]`);
    }
    for (const key of Object.keys(weights)) {
      const known =
        Object.hasOwn(state.steps, key) && slots.every((slot) => Object.hasOwn(state.tensors, `${slot}/${key}`));
      if (!known) {
        throw new InputError(
          `${name}: state of "${key}", got none, wanted the state from init() or a checkpoint of this optimiser`,
        );
      }
    }
  };

  return {
    name,
    init(weights) {
      const tensors: Record<string, Tensor> = {};
      for (const [key, weight] of Object.entries(weights)) {
        for (const slot of slots) tensors[`${slot}/${key}`] = tf.zeros(weight.shape);
      }
      return { steps: Object.fromEntries(Object.keys(weights).map((key) => [key, 0])), tensors };
    },
    update(weights, gradients, state, { learningRate, weightDecay = 0 }) {
      inRange(name, 'learningRate', learningRate, 0);
      inRange(name, 'weightDecay', weightDecay, 0);
      check(weights, gradients, state);
      const steps: Record<string, number> = { ...state.steps };
      const next = tf.tidy(() => {
        const nextWeights: Record<string, Tensor> = {};
        const tensors: Record<string, Tensor> = {};
        for (const [key, weight] of Object.entries(weights)) {
          const before = slotsOf(key, state);
          let after: { weight: Tensor; slots: Record<Slot, Tensor> };
          if (Object.hasOwn(gradients, key)) {
            steps[key] += 1;
            const settings = weightSettings(groups, key, weight.shape, { learningRate, weightDecay });
            // A tidy for each weight, so that the intermediates of one are gone before the next.
            after = tf.tidy(() =>
              rule({ ...settings, weight, gradient: gradients[key], slots: before, step: steps[key] }),
            );
          } else {
            after = { weight: tf.clone(weight), slots: { ...before } };
            for (const slot of slots) after.slots[slot] = tf.clone(before[slot]);
          }
          nextWeights[key] = after.weight;
          for (const slot of slots) tensors[`${slot}/${key}`] = after.slots[slot];
        }
        return { weights: nextWeights, tensors };
      });
      return { weights: next.weights, state: { steps, tensors: next.tensors } };
    },
  };
}
