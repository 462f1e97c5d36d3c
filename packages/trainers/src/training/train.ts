import { rootStream, sha256Hex, tf, type Dataset } from '@jembench/core';
import type { Moment } from '../methods/define.js';
import { restoreCheckpoint, savedCheckpoint } from './checkpoint.js';
import { planned, type Plan, type TrainConfig } from './config.js';
import { batchIndices, batchOf, checkViews, disposeBatch, maskOf, stepsPerEpoch, viewsOf } from './data.js';
import { weightsHash } from './hash.js';
import type { Networks } from './networks.js';
import { disposeRun, ratesOf, startRun } from './run.js';
import { dropped, followed, gradient, type Batch, type RunState } from './step.js';

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
  const plan = planned(config);
  const { method, values, batch } = plan;
  const perEpoch = stepsPerEpoch(dataset.train.count, batch);
  const totalSteps = method.loss === undefined ? 0 : perEpoch * plan.epochs;
  const length = { totalSteps, stepsPerEpoch: perEpoch };
  const identity = identityOf(plan, dataset);
  const views = method.views(values, dataset);
  const root = rootStream(plan.seed);

  const run = await startRun(plan, dataset, length);
  let finished = false;
  try {
    checkViews(views, run.online.encoder, plan.encoder.name);
    let step = hooks.resume === undefined ? 0 : restoreCheckpoint(run, hooks.resume, identity);
    let diverged: TrainedRun['diverged'];
    const durations: number[] = [];
    const rates = totalSteps > 0 ? ratesOf(plan, totalSteps) : undefined;
    let order: { epoch: number; indices: Int32Array } | undefined;

    while (rates !== undefined && step < totalSteps && diverged === undefined) {
      const moment: Moment = { step, epoch: Math.floor(step / perEpoch), ...length };
      if (order?.epoch !== moment.epoch) {
        order = {
          epoch: moment.epoch,
          indices: root.fork('order').fork(moment.epoch).permutation(dataset.train.count),
        };
      }
      const clock = [tf.util.now()];
      const inputs = stepBatch(order.indices);
      clock.push(tf.util.now());
      const found = await gradient(run, inputs, moment).finally(() => {
        disposeBatch(inputs);
      });
      clock.push(tf.util.now());
      const at = rates(step);
      diverged = divergence(found, step);
      if (diverged === undefined) followed(run, found, moment, at);
      else dropped(found);
      clock.push(tf.util.now());

      const [augment, forwardBackward, update] = clock.slice(1).map((time, i) => time - clock[i]);
      durations.push(clock[3] - clock[0]);
      yield {
        step,
        totalSteps,
        epoch: moment.epoch,
        loss: found.total,
        terms: found.terms,
        warnings: method.warnings?.(found.terms) ?? [],
        learningRate: at.learningRate,
        gradientNorm: found.norm,
        ms: { augment, gradient: forwardBackward, update },
      };
      if (diverged !== undefined) break;
      step++;
      const { checkpoint } = hooks;
      if (checkpoint !== undefined && step < totalSteps && step % checkpoint.everySteps === 0) {
        await checkpoint.save(await savedCheckpoint(run, step, identity), step);
      }

      function stepBatch(indices: Int32Array): Batch {
        const chosen = batchIndices(indices, step % perEpoch, batch);
        const images = viewsOf(dataset, chosen, views, root.fork('views').fork(moment.epoch).fork(step));
        const grid = run.online.encoder.patches?.grid;
        const mask =
          method.mask &&
          grid &&
          maskOf(method.mask(values), batch, grid, root.fork('mask').fork(moment.epoch).fork(step));
        return batchOf(dataset, chosen, images, views.global.length, mask);
      }
    }
    const trained = await trainedRun(run, plan, { steps: step, totalSteps, diverged, durations, identity });
    finished = true;
    return trained;
  } finally {
    if (!finished) disposeRun(run);
  }
}

/** What a checkpoint's run and a run that wants to continue from it must agree in. */
export function identityOf(plan: Plan, dataset: Pick<Dataset, 'name' | 'checksum'>): string {
  return sha256Hex(JSON.stringify([plan.description, dataset.checksum, tf.getBackend()]));
}

function divergence({ total, norm }: { total: number; norm: number }, step: number): TrainedRun['diverged'] {
  if (!Number.isFinite(total)) return { step, reason: `the loss of step ${step} is ${total}` };
  if (!Number.isFinite(norm)) return { step, reason: `the gradient norm of step ${step} is ${norm}` };
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
