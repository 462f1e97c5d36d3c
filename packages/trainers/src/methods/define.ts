import type { ByteBatch } from '@jembench/augmentations';
import type { ImageBatch, Scalar, Stream, Tensor, Tensor1D, Tensor2D, Tensor3D } from '@jembench/core';
import type { EncoderName } from '../encoders/index.js';
import type { ImageShape } from '../encoders/encoder.js';
import type { NamedTensors, Schedule } from '../optimisers/index.js';
import type { Kit, NetworkPlan } from './kit.js';
import type { OptionTable, OptionValues } from './options.js';
import { recipeTable, type Recipe } from './recipe.js';

/** One random view of every image of a batch. Pure: the same stream gives the same view. */
export type View = (images: ByteBatch, stream: Stream) => ImageBatch;

export interface ViewPlan {
  /** Views of the full size; the teacher sees these. */
  readonly global: readonly View[];
  /** Smaller crops for the student alone (multi-crop); all of one size. */
  readonly local?: readonly View[];
}

export interface RunLength {
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
}

/** How far a run is. */
export interface Moment extends RunLength {
  /** 0 for the first step. */
  readonly step: number;
  readonly epoch: number;
}

/** What a forward pass gave for one view: `features`, then the output of each network by its name, `[N, D]` each. */
export type Outputs = Readonly<Record<string, Tensor2D>>;

/** What a loss may look at. */
export interface Pass {
  /** One for each view, global views first. */
  readonly online: readonly Outputs[];
  /** One for each global view, outside of the gradient; empty without a teacher. */
  readonly teacher: readonly Outputs[];
  /** For methods that hide patches, in place of `online` and `teacher`. */
  readonly patches?: PatchPass;
  /** `[N]`, int32; for `supervised` alone. */
  readonly labels: Tensor1D;
  /** The method's own state before this step. */
  readonly state: NamedTensors;
  readonly moment: Moment;
  /** Puts other rows through an online network. */
  readonly apply: (network: string, rows: Tensor2D) => Tensor2D;
}

export interface PatchPass {
  /** `[N, T]`, 1 where a patch is hidden from the student. */
  readonly mask: Tensor2D;
  /** `[N, T, D]` for each view: what the student's last network says of every patch. */
  readonly student: readonly Tensor3D[];
  /** `[N, T, D]` for each block, for each global view: what the teacher, which sees all patches, has there. */
  readonly teacher: readonly (readonly Tensor3D[])[];
}

/** `total` is minimised; every other scalar is a term that the step records show by its name; `state` is the state after this step. */
export interface MethodLoss {
  readonly total: Scalar;
  readonly state?: NamedTensors;
}

export interface TeacherPlan {
  /** The networks behind the encoder that the teacher has too, in order. */
  readonly networks: readonly string[];
  /** The share of itself that it keeps at a step. */
  readonly momentum: Schedule;
}

/** The random patches that a student does not see: 1 in `[count * T]` hides one. */
export type MaskPlan = (count: number, grid: readonly [number, number], stream: Stream) => Float32Array;

/**
 * A method, as values for the one loop: which views, which networks, which teacher, which loss.
 *
 * `o` holds the method's own options and the recipe's. Everything random comes from the streams that are passed in.
 */
export interface MethodDefinition<O> {
  /** Where it was published, `arXiv:...`; empty for a reference row. */
  readonly paper: string;
  /** One line for help texts. */
  readonly about: string;
  /** Its encoder unless the user names one; `convnet` by default. */
  readonly encoder?: EncoderName;
  readonly views: (o: O, image: ImageShape) => ViewPlan;
  /** Whether the views of one size go through the networks, and so through batch normalisation, together. Separate by default. */
  readonly batchNorm?: 'separate' | 'joint';
  /** In order: the first takes the features, each other one the output of the one before. */
  readonly networks: (kit: Kit, o: O) => Readonly<Record<string, NetworkPlan>>;
  /** Hides patches from the student; needs an encoder made of patches. */
  readonly mask?: (o: O) => MaskPlan;
  /** A moving average of the online networks; starts as their copy, its batch normalisation runs in training mode. */
  readonly teacher?: (o: O, run: RunLength) => TeacherPlan | undefined;
  /** What the loss remembers from step to step, as it starts. */
  readonly state?: (o: O, sizes: { readonly batch: number }) => NamedTensors;
  /** Weights that are replaced before a step, by name (`prototypes/scores/kernel`): SwAV's unit prototypes. */
  readonly constrain?: Readonly<Record<string, (weight: Tensor) => Tensor>>;
  /** Networks that are not trained at that moment: no update, no decay, no momentum. */
  readonly frozen?: (o: O, moment: Moment) => readonly string[];
  /** Learning rates that stay as they are while the recipe's rises and falls, by network. */
  readonly constantRates?: (o: O) => Readonly<Record<string, number>>;
  /** None for a network that is not trained at all. */
  readonly loss?: (pass: Pass, o: O) => MethodLoss;
  /** What is wrong with a step by its terms, a sentence each: shown with the step's record, the run goes on. */
  readonly warnings?: (terms: Readonly<Record<string, number>>) => string[];
  /** The standard deviation that the loss asks of every dimension of the projector, for the diagnosis of collapse. */
  readonly targetStd?: number;
  /** The network whose outputs are scores of clusters, and the temperature that makes them probabilities. */
  readonly clusters?: (o: O) => { readonly network: string; readonly temperature: number };
}

/** A method whose options are known by their table. */
export interface Method extends MethodDefinition<MethodValues> {
  readonly options: OptionTable;
}

/** Option values of a method that the code at hand does not know: the loop passes them on, unread. */
export type MethodValues = Recipe & Readonly<Record<string, number | boolean | string>>;

/**
 * Defines a method; the types of `o` follow from its option table.
 *
 * @param definition.options the method's own options.
 * @param definition.recipe its defaults for the options that all methods share (learning rate, crops, ...), where they differ.
 */
export function defineMethod<T extends OptionTable>(
  definition: MethodDefinition<OptionValues<T> & Recipe> & { readonly options: T; readonly recipe?: Partial<Recipe> },
): Method {
  const { recipe = {}, options, ...rest } = definition;
  // The loop only ever passes the values of this very table back in.
  return { ...(rest as unknown as MethodDefinition<MethodValues>), options: { ...recipeTable(recipe), ...options } };
}
