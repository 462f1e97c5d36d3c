import type { Cost, Shape } from '@jembench/harness';
import type { EncoderSource } from '@jembench/trainers';
import type { StepInputs, WeightPlan } from './inputs.js';

/** An encoder, and all that its step needs to be timed and checked. */
export interface Architecture {
  readonly name: 'convnet' | 'vit';
  readonly source: EncoderSource;
  /** Width of its features. */
  readonly features: number;
  /** Its trainable weights by the trainers' names, `backbone/LAYER/WEIGHT`. */
  readonly weights: (shape: Shape) => Readonly<Record<string, WeightPlan>>;
  /** The weight whose gradient is checked: that of the first layer, behind which everything else lies. */
  readonly checked: string;
  readonly cost: (shape: Shape) => Cost;
  /** Loss and the gradient of the checked weight, in float64. */
  readonly reference: (inputs: StepInputs) => { readonly loss: number; readonly gradient: Float64Array };
  /** The ways in which a peer is asked for it, a row each: what follows its name there, and what it has to be told beside the tensors. */
  readonly peerForms: readonly {
    readonly suffix: string;
    readonly settings: Readonly<Record<string, number | string>>;
  }[];
}

/**
 * The cost of a step from its multiply-adds forward, `macs`, of which `first` are of the first layer: backward takes as many by the
 * weights, and as many by what comes in, but for the images. Of `values` floats between the layers each is written and read, and so is
 * its gradient; a weight is read twice and written once, its gradient written and read.
 */
export const stepCost = (macs: number, first: number, values: number, weights: number): Cost => ({
  flops: 2 * (3 * macs - first),
  bytes: 4 * (4 * values + 5 * weights),
});
