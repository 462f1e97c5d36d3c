import { sha256Hex, tf, type Dataset } from '@jembench/core';
import type { Moment } from '../methods/define.js';
import type { StepValues } from '../optimisers/index.js';
import { restoreCheckpoint, savedCheckpoint } from './checkpoint.js';
import { planned, type Plan, type TrainConfig } from './config.js';
import { disposeBatch, stepsPerEpoch, trainingData, type TrainingData } from './data.js';
import { weightsHash } from './hash.js';
import type { Networks } from './networks.js';
import { disposeRun, ratesOf, startRun } from './run.js';
import { dropped, followed, gradient, type RunState } from './step.js';

/** One step, as it went. */
export interface StepRecord {
  /** 0 for the first step of the run, interrupted or not. */
  readonly step: number;
  readonly totalSteps: number;
  readonly epoch: number;
  readonly loss: number;
  /** The parts of the loss and what it is watched by, under the names of the loss's result. */
  readonly terms: Readonly<Record<string, number>>;
  /** What the method warns of at this step. */
  readonly warnings: readonly string[];
  readonly learningRate: number;
  /** Over all weights, before clipping. */
  readonly gradientNorm: number;
  /** Where the time went. */
  readonly ms: { readonly augment: number; readonly gradient: number; readonly update: number };
}

export interface TrainHooks {
  /** A checkpoint of the same configuration, data set and backend: the run goes on from there, bit-equal to one never interrupted. */
  readonly resume?: Uint8Array;
  /** Called with a checkpoint after every so many steps; the step is the number of steps taken. */
  readonly checkpoint?: {
    readonly everySteps: number;
    readonly save: (bytes: Uint8Array, step: number) => Promise<void> | void;
  };
}

/** A run at its end; its networks are the caller's to dispose. */
export interface TrainedRun {
  readonly plan: Plan;
  readonly totalSteps: number;
  /** Steps taken over the whole run. */
  readonly steps: number;
  /** Absent for a run that went through. A diverged one stands at its last finite weights. */
  readonly diverged?: { readonly step: number; readonly reason: string };
  readonly networks: Networks;
  readonly weightsHash: string;
  /** Of the steps of this process, not of those before a checkpoint; 0 without steps. `ms` is the median. */
  readonly speed: { readonly imagesPerSecond: number; readonly msPerStep: number };
  /** The whole state, as a checkpoint. */
  checkpoint(): Promise<Uint8Array>;
  dispose(): void;
}

/**
 * Trains a method: the one loop.
 *
 * Each step: the images of the step (stream `order/EPOCH`), their views (`views/EPOCH/STEP/VIEW`), the loss of the method, its gradient,
 * the optimiser, the teacher; then the record is yielded. The numbers of a run follow from configuration, data set and backend alone.
 *
 * A loss or gradient that is not finite ends the run before it reaches the weights. Leaving the loop early frees everything.
 *
 * @throws InputError for a configuration that does not hold together, or a checkpoint that is not this run's.
 */
export async function* train(
  config: TrainConfig,
  dataset: Dataset,
  hooks: TrainHooks = {},
): AsyncGenerator<StepRecord, TrainedRun, void> {
  const plan = planned(config, dataset.recipe);
  const { method } = plan;
  const perEpoch = stepsPerEpoch(dataset.train.count, plan.batch);
  const length = { totalSteps: method.loss === undefined ? 0 : perEpoch * plan.epochs, stepsPerEpoch: perEpoch };
  const identity = identityOf(plan, dataset);
  const rates = ratesOf(plan, length.totalSteps);

  const run = await startRun(plan, dataset, length);
  let finished = false;
  try {
    const data = trainingData(plan, dataset, run.online.encoder);
    let step = hooks.resume === undefined ? 0 : restoreCheckpoint(run, hooks.resume, identity);
    let diverged: TrainedRun['diverged'];
    const durations: number[] = [];
    while (step < length.totalSteps && diverged === undefined) {
      const moment: Moment = { step, epoch: Math.floor(step / perEpoch), ...length };
      const record = await trainingStep(run, data, moment, rates(step));
      diverged = divergence(record);
      durations.push(record.ms.augment + record.ms.gradient + record.ms.update);
      yield record;
      if (diverged === undefined) step++;
      // Asked for anew at every step: a host may want a checkpoint at some time rather than at some step.
      const { checkpoint } = hooks;
      if (diverged === undefined && step < length.totalSteps && checkpoint && step % checkpoint.everySteps === 0) {
        await checkpoint.save(await savedCheckpoint(run, step, identity), step);
      }
    }
    const { totalSteps } = length;
    const trained = await trainedRun(run, plan, { steps: step, totalSteps, diverged, durations, identity });
    finished = true;
    return trained;
  } finally {
    if (!finished) disposeRun(run);
  }
}

/** One step, timed. A loss or gradient that is not finite is recorded, and the run stays where it was. */
async function trainingStep(run: RunState, data: TrainingData, moment: Moment, rates: StepValues): Promise<StepRecord> {
  const start = tf.util.now();
  const batch = data(moment);
  const augmented = tf.util.now();
  const found = await gradient(run, batch, moment).finally(() => {
    disposeBatch(batch);
  });
  const differentiated = tf.util.now();
  if (Number.isFinite(found.total) && Number.isFinite(found.norm)) followed(run, found, moment, rates);
  else dropped(found);
  const { step, epoch, totalSteps } = moment;
  return {
    ...{ step, epoch, totalSteps },
    loss: found.total,
    terms: found.terms,
    warnings: run.method.warnings?.(found.terms) ?? [],
    learningRate: rates.learningRate,
    gradientNorm: found.norm,
    ms: { augment: augmented - start, gradient: differentiated - augmented, update: tf.util.now() - differentiated },
  };
}

/** What a checkpoint's run and a run that wants to continue from it must agree in. */
export function identityOf(plan: Plan, dataset: Pick<Dataset, 'name' | 'checksum'>): string {
  return sha256Hex(JSON.stringify([plan.description, dataset.checksum, tf.getBackend()]));
}

function divergence({ step, loss, gradientNorm }: StepRecord): TrainedRun['diverged'] {
  if (!Number.isFinite(loss)) return { step, reason: `the loss of step ${step} is ${loss}` };
  if (!Number.isFinite(gradientNorm)) return { step, reason: `the gradient norm of step ${step} is ${gradientNorm}` };
  return undefined;
}

async function trainedRun(
  run: RunState,
  plan: Plan,
  end: Pick<TrainedRun, 'steps' | 'totalSteps' | 'diverged'> & { durations: number[]; identity: string },
): Promise<TrainedRun> {
  const { durations, identity, ...rest } = end;
  const sorted = durations.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const msPerStep = sorted.length === 0 ? 0 : (sorted[Math.floor(middle)] + sorted[Math.ceil(middle) - 1]) / 2;
  const total = durations.reduce((sum, duration) => sum + duration, 0);
  return {
    plan,
    ...rest,
    networks: run.online,
    weightsHash: await weightsHash(run),
    speed: { msPerStep, imagesPerSecond: total === 0 ? 0 : (1000 * plan.batch * durations.length) / total },
    checkpoint: () => savedCheckpoint(run, rest.steps, identity),
    dispose: () => {
      disposeRun(run);
    },
  };
}
