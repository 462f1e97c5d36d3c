import {
  ema,
  InputError,
  tf,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@jembench/core';
import { outputsOf, type BatchStatistics } from '../layers/apply.js';
import { absorbStatistics, dropStatistics, type NamedWeight } from '../layers/weights.js';
import type { Method, MethodValues, Moment, Outputs, TeacherPlan } from '../methods/define.js';
import {
  clippedByNorm,
  type NamedTensors,
  type Optimiser,
  type OptimiserState,
  type StepValues,
} from '../optimisers/index.js';
import { euclideanNorm } from '../optimisers/norm.js';
import { forward, forwardPatches, type Networks } from './networks.js';

/** A run between two steps: everything that the next step depends on, beside the data. */
export interface RunState {
  readonly method: Method;
  readonly values: MethodValues;
  readonly online: Networks;
  readonly teacher?: Teacher;
  readonly optimiser: Optimiser;
  optimiserState: OptimiserState;
  methodState: NamedTensors;
}

export interface Teacher {
  readonly networks: Networks;
  readonly plan: TeacherPlan;
}

/** What one step sees. */
export interface Batch {
  /** `[N, ...]` each, the global ones first. */
  readonly views: readonly Tensor[];
  /** How many of the views the teacher sees too. */
  readonly globalViews: number;
  readonly labels: Tensor1D;
  /** `[N, T]`, 1 where a patch is hidden from the student. */
  readonly mask?: Tensor2D;
}

/** A gradient and what came along with it; `followed` or `dropped` frees it. */
export interface Gradient {
  readonly total: number;
  readonly terms: Readonly<Record<string, number>>;
  /** Euclidean norm over all weights. */
  readonly norm: number;
  /** By the name of the weight; without the frozen ones. */
  readonly byName: NamedTensors;
  /** The method's state if this gradient is followed. */
  readonly methodState: NamedTensors;
  readonly statistics: { readonly online: BatchStatistics[]; readonly teacher: BatchStatistics[] };
}

/**
 * The loss of a batch and its gradient at the present weights.
 *
 * Weights that the method holds to a constraint are put there first, as SwAV makes its prototypes unit vectors before each step.
 */
export async function gradient(run: RunState, batch: Batch, moment: Moment): Promise<Gradient> {
  constrain(run);
  const statistics = { online: [] as BatchStatistics[], teacher: [] as BatchStatistics[] };
  const terms = new Map<string, Scalar>();
  const methodState: Record<string, Tensor> = {};
  const trained = trainedWeights(run, moment);
  const { byName, numbers } = tf.tidy(() => {
    const teacher = teacherPass(run, batch, statistics.teacher);
    const { value, grads } = tf.variableGrads(
      () => {
        const { total, state = {}, ...others } = loss(run, batch, teacher, moment, statistics.online);
        // What leaves the differentiated function beside its value has to be held back from its tidy.
        for (const [name, term] of scalars(others)) terms.set(name, tf.keep(term));
        for (const [name, tensor] of Object.entries(state)) methodState[name] = tf.keep(tf.clone(tensor));
        return total;
      },
      trained.map(({ variable }) => variable),
    );
    const found = trained.filter(({ variable }) => Object.hasOwn(grads, variable.name));
    const named = Object.fromEntries(found.map(({ name, variable }) => [name, grads[variable.name]]));
    const norm = euclideanNorm(tf.stack(Object.values(named).map(euclideanNorm)));
    return { byName: named, numbers: tf.stack([value, norm, ...terms.values()]) };
  });
  const [total, norm, ...values] = await numbers.data();
  tf.dispose([numbers, ...terms.values()]);
  return {
    total,
    norm,
    terms: Object.fromEntries([...terms.keys()].map((name, i) => [name, values[i]])),
    byName,
    methodState,
    statistics,
  };
}

/** Takes the step: weights, running statistics, teacher, method state. Frees the gradient. */
export function followed(run: RunState, step: Gradient, moment: Moment, rates: StepValues): void {
  tf.tidy(() => {
    const weights = Object.fromEntries(trainable(run.online).map(({ name, variable }) => [name, variable]));
    const gradients = run.values.clip > 0 ? clippedByNorm(step.byName, run.values.clip) : step.byName;
    const next = run.optimiser.update(weights, gradients, run.optimiserState, rates);
    for (const { name, variable } of trainable(run.online)) variable.assign(next.weights[name]);
    free(run.optimiserState.tensors);
    run.optimiserState = next.state;
    for (const tensor of Object.values(next.state.tensors)) tf.keep(tensor);
  });
  absorbStatistics(step.statistics.online);
  absorbStatistics(step.statistics.teacher);
  if (run.teacher !== undefined) moveTeacher(run.online, run.teacher, moment);
  free(run.methodState);
  run.methodState = step.methodState;
  free(step.byName);
}

/** Frees a gradient that is not followed: the run stays where it was. */
export function dropped({ byName, methodState, statistics }: Gradient): void {
  dropStatistics(statistics.online);
  dropStatistics(statistics.teacher);
  free(byName);
  free(methodState);
}

export function free(tensors: NamedTensors): void {
  tf.dispose(Object.values(tensors));
}

/** The weights that an optimiser may change, in order. */
export function trainable(networks: Networks): NamedWeight[] {
  return networks.weights.filter((weight) => weight.trainable);
}

function trainedWeights({ method, values, online }: RunState, moment: Moment): NamedWeight[] {
  const frozen = method.frozen?.(values, moment) ?? [];
  return trainable(online).filter(({ name }) => !frozen.includes(name.split('/')[0]));
}

function constrain({ method, online }: RunState): void {
  for (const [name, constraint] of Object.entries(method.constrain ?? {})) {
    const weight = online.weights.find((other) => other.name === name);
    if (weight !== undefined) assign(weight.variable, () => constraint(weight.variable));
  }
}

/** What the teacher has to say, outside of the gradient. */
function teacherPass({ method, teacher }: RunState, batch: Batch, statistics: BatchStatistics[]): TeacherPass {
  if (teacher === undefined) return { outputs: [], blocks: [] };
  const views = batch.views.slice(0, batch.globalViews);
  const { mask } = batch;
  if (mask === undefined) {
    return {
      outputs: forward(teacher.networks, views, { joint: method.batchNorm === 'joint', statistics }),
      blocks: [],
    };
  }
  const nothing = tf.zerosLike(mask);
  return {
    outputs: [],
    blocks: views.map((view) => forwardPatches(teacher.networks, view, nothing, statistics).blocks),
  };
}

interface TeacherPass {
  readonly outputs: readonly Outputs[];
  readonly blocks: readonly (readonly Tensor3D[])[];
}

function loss(run: RunState, batch: Batch, teacher: TeacherPass, moment: Moment, statistics: BatchStatistics[]) {
  const { method, values, online } = run;
  if (method.loss === undefined) throw new InputError('gradient: a method without a loss, wanted one that is trained');
  const { views, labels, mask } = batch;
  const patches = mask && {
    mask,
    student: views.map((view) => forwardPatches(online, view, mask, statistics).last),
    teacher: teacher.blocks,
  };
  const outputs = patches ? [] : forward(online, views, { joint: method.batchNorm === 'joint', statistics });
  const apply = (network: string, rows: Tensor2D): Tensor2D => {
    const head = online.heads.get(network);
    if (head === undefined)
      throw new InputError(`method: no network "${network}", wanted one of ${[...online.heads.keys()].join(', ')}`);
    return outputsOf(head, rows, statistics)[0] as Tensor2D;
  };
  return method.loss(
    { online: outputs, teacher: teacher.outputs, patches, labels, state: run.methodState, moment, apply },
    values,
  );
}

function scalars(values: object): [string, Scalar][] {
  return Object.entries(values as Record<string, unknown>).filter(
    (entry): entry is [string, Scalar] => entry[1] instanceof tf.Tensor && entry[1].rank === 0,
  );
}

function moveTeacher(online: Networks, { networks, plan }: Teacher, moment: Moment): void {
  const momentum = plan.momentum(moment.step);
  const source = new Map(online.weights.map(({ name, variable }) => [name, variable]));
  for (const { name, variable } of trainable(networks)) {
    const from = source.get(name);
    if (from !== undefined) assign(variable, () => ema(variable, from, momentum));
  }
}

function assign(variable: tf.Variable, value: () => Tensor): void {
  tf.tidy(() => {
    variable.assign(value());
  });
}
