import { InputError, tf, type Tensor } from '@jembench/core';
import {
  disposeRun,
  followed,
  gradient,
  kit,
  planned,
  sgd,
  startRun,
  teacherWeights,
  type EncoderSource,
  type Kit,
  type Method,
  type MlpOptions,
  type NamedWeight,
  type NetworkPlan,
  type RunState,
} from '@jembench/trainers';
import type { CaseReader } from '../case-reader.js';
import type { Tolerance } from '../tolerance.js';
import type { GoldenArray } from '../values.js';

/**
 * The floor of a trajectory: ten steps add up the rounding of ten forward and backward passes through four matrix products and two
 * batch normalisations each.
 */
export const trajectoryTolerance: Tolerance = { precision: 'float32', ulps: 2 };

/** The networks of the golden files: every dense layer with a bias, also before a norm. */
const withBiases: MlpOptions = { hiddenBias: true };

/** How a golden weight is called here: `encoder.bn.gamma` is `backbone/norm1/gamma`. */
export type Renaming = (name: string) => string;

export const usualNames: Renaming = (name) =>
  name.replace('encoder.', 'backbone.').replace('.bn.', '.norm1.').replaceAll('.', '/');

export interface Trajectory {
  /** One of ours, with the networks of the golden file (they are smaller than any default, and differ in their biases). */
  readonly method: (weights: Readonly<Record<string, GoldenArray>>) => Method;
  /** The method's options. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly rename?: Renaming;
  /** By how much one step magnifies the rounding of what it computes, where that is known; the steps add up. */
  readonly condition?: number;
}

/** Hidden and output width of a two-layer network of the file. */
export function widths(weights: Readonly<Record<string, GoldenArray>>, network: string): [number, number] {
  const width = (layer: string): number => {
    const { shape } = weights[`${network}.${layer}.bias`] ?? missing(`${network}.${layer}.bias`);
    return shape[0];
  };
  return [width('fc1'), width('fc2')];
}

function missing(name: string): never {
  throw new InputError(`inputs.weights, got no ${name}, wanted the networks of a trajectory`);
}

/** Heads of the file's sizes: `heads(weights, { projector: 'projector' })`, ours: theirs. */
export function heads(
  weights: Readonly<Record<string, GoldenArray>>,
  names: Readonly<Record<string, string>>,
): (parts: Kit) => Record<string, NetworkPlan> {
  return (parts) =>
    Object.fromEntries(
      Object.entries(names).map(([ours, theirs]) => [ours, parts.mlp(widths(weights, theirs), withBiases)]),
    );
}

/**
 * Runs the steps of a trajectory through the training loop's own step: views, networks, loss, gradient, optimiser, teacher.
 *
 * Only what the file fixes is replaced: weights, data, SGD on all weights alike, the constants that its notes state.
 */
export async function followTrajectory(reader: CaseReader, trajectory: Trajectory): Promise<void> {
  const weights = reader.inputTable('weights');
  const run = await startedRun(reader, trajectory, weights);
  try {
    const named = renamedWeights(run, weights, trajectory.rename ?? usualNames);
    assign(named, weights);
    const steps = reader.param<number>('steps');
    const rates = {
      learningRate: reader.param<number>('learningRate'),
      weightDecay: reader.param<number>('weightDecay'),
    };
    const views = [reader.inputTensor('view1'), reader.inputTensor('view2')];
    checkSizes(views, steps, reader.param<number>('N'));
    const labels = tf.zeros<tf.Rank.R1>([reader.param<number>('N')], 'int32');
    const condition = steps * (trajectory.condition ?? 0);
    const losses: number[] = [];
    for (let step = 0; step < steps; step++) {
      const moment = { step, epoch: 0, totalSteps: steps, stepsPerEpoch: steps };
      const found = await gradient(
        run,
        { views: views.map((view) => stepOf(view, step)), globalViews: 2, labels },
        moment,
      );
      losses.push(found.total);
      if (step === 0) expectGradientNorms(reader, named, found.byName);
      followed(run, found, moment, rates);
    }
    reader.expectArray('losses', losses, { error: 'max_loss_rel', condition });
    const norms = [...named].map(([name, { variable }]): [string, number] => [name, norm(variable)]);
    reader.expectTable('final_norms', Object.fromEntries(norms), { error: 'max_norm_rel', condition });
    for (const key of reader.keys('outputs')) {
      const weight = named.get(key.replace(/^final_/, ''));
      if (key.startsWith('final_') && weight !== undefined)
        reader.expectArray(key, weight.variable, { error: 'max_norm_rel', condition });
    }
    if (reader.has('outputs', 'final_center'))
      reader.expectArray('final_center', run.methodState.centre, { error: 'max_norm_rel', condition });
  } finally {
    disposeRun(run);
  }
}

async function startedRun(
  reader: CaseReader,
  { method, options }: Trajectory,
  weights: Readonly<Record<string, GoldenArray>>,
): Promise<RunState> {
  const eps = reader.param<number>('batchNormEps');
  if (eps !== 1e-5) throw new InputError(`params.batchNormEps, got ${eps}, wanted 1e-5: the networks have no other`);
  const optimiser = reader.param<string>('optimizer');
  if (optimiser !== 'sgd') throw new InputError(`params.optimizer, got "${optimiser}", wanted "sgd"`);
  const joint = reader.param<string>('batchNormViews');
  if (joint !== 'joint' && joint !== 'separate') {
    throw new InputError(`params.batchNormViews, got "${joint}", wanted "joint" or "separate"`);
  }
  const definition: Method = { ...method(weights), batchNorm: joint };
  const plan = planned({ method: { name: 'golden', definition }, options, encoder: denseEncoder(weights), epochs: 1 });
  const steps = reader.param<number>('steps');
  return startRun(
    plan,
    { height: 1, width: 1, channels: 1, classes: ['none', 'any'] },
    { totalSteps: steps, stepsPerEpoch: steps },
    sgd({ momentum: reader.param<number>('momentum') }),
  );
}

/** The file's encoder is a head like any other: vectors in, features out. */
function denseEncoder(weights: Readonly<Record<string, GoldenArray>>): EncoderSource {
  return {
    name: 'golden',
    anySize: false,
    hasPatches: false,
    initialised: true,
    build: () => {
      const [hidden, features] = widths(weights, 'encoder');
      const inputs = weights['encoder.fc1.kernel'].shape[0];
      return Promise.resolve({
        model: kit({ features, classes: 0 }).mlp([hidden, features], withBiases)('backbone', [inputs]),
        features,
        anySize: true,
      });
    },
  };
}

function renamedWeights(
  run: RunState,
  weights: Readonly<Record<string, GoldenArray>>,
  rename: Renaming,
): Map<string, NamedWeight> {
  const ours = new Map([...run.online.weights, ...teacherWeights(run)].map((weight) => [weight.name, weight]));
  return new Map(
    Object.keys(weights).map((name) => {
      const own = name.startsWith('target_') ? `teacher/${rename(name.slice('target_'.length))}` : rename(name);
      return [name, ours.get(own) ?? missing(own)];
    }),
  );
}

function assign(named: ReadonlyMap<string, NamedWeight>, weights: Readonly<Record<string, GoldenArray>>): void {
  for (const [name, { variable }] of named) {
    const { data, shape } = weights[name];
    tf.tidy(() => {
      variable.assign(tf.tensor(Float32Array.from(data), [...shape]));
    });
  }
}

function checkSizes(views: readonly Tensor[], steps: number, batch: number): void {
  for (const { shape } of views) {
    if (shape[0] !== steps || shape[1] !== batch) {
      throw new InputError(
        `inputs.view, got shape [${shape.join(', ')}], wanted [${steps}, ${batch}, in] by its params`,
      );
    }
  }
}

function stepOf(view: Tensor, step: number): Tensor {
  const [, rows, columns] = view.shape;
  return tf.reshape(tf.slice(view, [step, 0, 0], [1, rows, columns]), [rows, columns]);
}

function expectGradientNorms(
  reader: CaseReader,
  named: ReadonlyMap<string, NamedWeight>,
  gradients: Readonly<Record<string, Tensor>>,
): void {
  const norms: Record<string, number> = {};
  for (const [name, weight] of named) {
    if (name.startsWith('target_')) continue;
    // A frozen weight has no gradient.
    norms[name] = Object.hasOwn(gradients, weight.name) ? norm(gradients[weight.name]) : 0;
  }
  // A bias before a batch norm has a gradient of zero: what is left of it is the rounding of sums as large as the other gradients.
  const magnitude = Math.max(...Object.values(norms));
  reader.expectTable('grad_norms_step0', norms, { error: 'max_norm_rel', magnitude });
}

function norm(tensor: Tensor): number {
  return Math.hypot(...(tensor.dataSync() as Float32Array));
}
