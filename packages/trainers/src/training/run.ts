import { rootStream, type Dataset } from '@jembench/core';
import type { RunLength } from '../methods/define.js';
import { kit } from '../methods/kit.js';
import {
  adamw,
  biasesAndNorms,
  lars,
  sgd,
  warmupCosine,
  type Optimiser,
  type Schedule,
  type StepValues,
  type WeightGroup,
} from '../optimisers/index.js';
import type { Plan } from './config.js';
import { buildNetworks, disposeNetworks, type NetworkSource } from './networks.js';
import { free, trainable, type RunState, type Teacher } from './step.js';

/** The data set's share of a run's shape. */
export type DataShape = Pick<Dataset, 'height' | 'width' | 'channels' | 'classes'>;

/**
 * A run before its first step; all its tensors are the caller's until `disposeRun`.
 *
 * @param optimiser the plan's by default.
 */
export async function startRun(
  plan: Plan,
  data: DataShape,
  length: RunLength,
  optimiser: Optimiser = optimiserOf(plan),
): Promise<RunState> {
  const { method, values, encoder: source, seed, batch } = plan;
  const from: NetworkSource = {
    source,
    image: data,
    plans: (encoder) => method.networks(kit({ ...encoder, classes: data.classes.length }), values),
    masked: method.mask !== undefined,
    stream: rootStream(seed).fork('init'),
  };
  const online = await buildNetworks(from);
  const teacherPlan = method.teacher?.(values, length);
  const teacher: Teacher | undefined = teacherPlan && {
    plan: teacherPlan,
    // Drawn from the same streams: the teacher starts as a copy.
    networks: await buildNetworks({ ...from, only: teacherPlan.networks }),
  };
  const weights = Object.fromEntries(trainable(online).map(({ name, variable }) => [name, variable]));
  return {
    method,
    values,
    online,
    teacher,
    optimiser,
    optimiserState: optimiser.init(weights),
    methodState: method.state?.(values, { batch }) ?? {},
  };
}

export function disposeRun(run: RunState): void {
  disposeNetworks(run.online);
  if (run.teacher !== undefined) disposeNetworks(run.teacher.networks);
  free(run.optimiserState.tensors);
  free(run.methodState);
}

function optimiserOf({ method, values }: Plan): Optimiser {
  const { momentum } = values;
  const constant = Object.entries(method.constantRates?.(values) ?? {}).map(([network, learningRate]): WeightGroup => ({
    matches: (name) => name.startsWith(`${network}/`),
    learningRate,
  }));
  const groups = [biasesAndNorms, ...constant];
  switch (values.optimiser) {
    case 'lars':
      return lars({ momentum, groups });
    case 'sgd':
      return sgd({ momentum, groups });
    default:
      return adamw({ groups });
  }
}

/** The learning rate and weight decay of each step. */
export function ratesOf({ values }: Plan, totalSteps: number): (step: number) => StepValues {
  const { learningRate: base, finalLearningRate, weightDecay, weightDecayGrowth } = values;
  // A run shorter than its warm-up would never reach its learning rate.
  const warmupSteps = Math.min(values.warmupSteps, Math.floor(totalSteps / 4));
  // Counted from 1, so that the first step already moves.
  const rate: Schedule = warmupCosine({
    base,
    final: base * finalLearningRate,
    warmupSteps,
    totalSteps: totalSteps + 1,
  });
  const decay: Schedule = warmupCosine({
    base: weightDecay,
    final: weightDecay * weightDecayGrowth,
    totalSteps: totalSteps + 1,
  });
  return (step) => ({ learningRate: rate(step + 1), weightDecay: decay(step) });
}
