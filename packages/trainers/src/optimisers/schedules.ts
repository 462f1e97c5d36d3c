import { InputError } from '@jembench/core';
import { inRange, integerFrom } from './checks.js';

/** A value for each step, 0 first. Schedules are pure: a run that continues asks for the same steps and gets the same values. */
export type Schedule = (step: number) => number;

export interface WarmupCosineOptions {
  /** The value when the warm-up is over. */
  readonly base: number;
  /** The value that the cosine ends in; 0 by default. */
  readonly final?: number;
  /** The value at step 0 of a warm-up; 0 by default. */
  readonly start?: number;
  /** 0 by default: no warm-up. */
  readonly warmupSteps?: number;
  /** At least `warmupSteps`, above 0. */
  readonly totalSteps: number;
  /** Whether the last step of the warm-up already has the value `base`; see below. False by default. */
  readonly inclusive?: boolean;
}

/**
 * A linear warm-up, then half a cosine, in one of the two ways that official codes count.
 *
 *     warm-up, step < W:   start + (base - start) * step / W           or, inclusive, step / (W - 1)
 *     then:                final + (base - final) * (1 + cos(pi * (step - W) / (T - W))) / 2
 *
 * Exclusive (VICReg, Barlow Twins, BYOL, MAE): the warm-up would reach `base` at step W. Inclusive (DINO's `np.linspace`): it reaches
 * `base` at its last step, W - 1, and step W, the first of the cosine, has it again; a single warm-up step has the value `start`.
 * From step T on the value is `final`. Steps need not be whole (MAE counts epochs in fractions).
 *
 * VICReg and Barlow Twins: final = 0.001 * base. DINO's weight decay (0.04 to 0.4) and EMA momentum (0.996 to 1) are the same curve
 * without a warm-up.
 *
 * @throws InputError for step counts that do not fit, values that are not finite, a step below 0.
 * @see facebookresearch/vicreg@4e12602 main_vicreg.py adjust_learning_rate; facebookresearch/dino@7c446df utils.py cosine_scheduler;
 *   google-deepmind/deepmind-research@f5de0ed byol/utils/schedules.py; facebookresearch/mae@efb2a80 util/lr_sched.py
 */
export function warmupCosine(options: WarmupCosineOptions): Schedule {
  const { base, final = 0, start = 0, warmupSteps = 0, totalSteps, inclusive = false } = options;
  finite('warmupCosine', { base, final, start });
  inRange('warmupCosine', 'warmupSteps', warmupSteps, 0);
  inRange('warmupCosine', 'totalSteps', totalSteps, Number.MIN_VALUE);
  if (totalSteps < warmupSteps) {
    throw new InputError(
      `warmupCosine: totalSteps, got ${totalSteps} with ${warmupSteps} warm-up steps, wanted at least as many; train longer or warm up less`,
    );
  }
  const rise = inclusive ? Math.max(warmupSteps - 1, 1) : warmupSteps;
  return (step) => {
    inRange('warmupCosine', 'step', step, 0);
    if (step < warmupSteps) return start + ((base - start) * step) / rise;
    if (step >= totalSteps) return final;
    return final + (base - final) * 0.5 * (1 + Math.cos((Math.PI * (step - warmupSteps)) / (totalSteps - warmupSteps)));
  };
}

export interface LinearOptions {
  readonly start: number;
  readonly end: number;
  /** At least 1: the step from which on the value is `end`. */
  readonly steps: number;
}

/**
 * `end - (end - start) * (1 - step / steps)`, then `end`: Data2Vec's EMA (0.999 to 0.9998).
 *
 * @see facebookresearch/fairseq@3d262bb examples/data2vec/models/data2vec_vision.py get_annealed_rate
 */
export function linear({ start, end, steps }: LinearOptions): Schedule {
  finite('linear', { start, end });
  integerFrom('linear', 'steps', steps, 1);
  return (step) => {
    inRange('linear', 'step', step, 0);
    return step >= steps ? end : end - (end - start) * (1 - step / steps);
  };
}

export interface CosineEmaOptions {
  /** The momentum at step 0; 0.996 by default. */
  readonly base?: number;
  /** At least 1: the step from which on the teacher stands still. */
  readonly totalSteps: number;
}

/**
 * BYOL's momentum of the target network: `1 - (1 - base) * (cos(pi * step / totalSteps) + 1) / 2`, from `base` to 1.
 *
 * @see google-deepmind/deepmind-research@f5de0ed byol/utils/schedules.py target_ema
 */
export function cosineEma({ base = 0.996, totalSteps }: CosineEmaOptions): Schedule {
  inRange('cosineEma', 'base', base, 0, 1);
  integerFrom('cosineEma', 'totalSteps', totalSteps, 1);
  return (step) => {
    inRange('cosineEma', 'step', step, 0);
    return 1 - (1 - base) * 0.5 * (1 + Math.cos((Math.PI * Math.min(step, totalSteps)) / totalSteps));
  };
}

export interface TeacherTemperatureOptions {
  /** The temperature of epoch 0; 0.04 by default. */
  readonly warmup?: number;
  /** The temperature of epoch `warmupEpochs - 1` and all after it; 0.04 by default. */
  readonly final?: number;
  /** 0 by default: `final` from the first epoch. */
  readonly warmupEpochs?: number;
}

/**
 * DINO's teacher temperature, by epoch: a line that includes both its ends, then constant. One warm-up epoch has the value `warmup`.
 *
 * @see facebookresearch/dino@7c446df main_dino.py DINOLoss.teacher_temp_schedule
 */
export function teacherTemperature(options: TeacherTemperatureOptions = {}): Schedule {
  const { warmup = 0.04, final = 0.04, warmupEpochs = 0 } = options;
  inRange('teacherTemperature', 'warmup', warmup, Number.MIN_VALUE);
  inRange('teacherTemperature', 'final', final, Number.MIN_VALUE);
  integerFrom('teacherTemperature', 'warmupEpochs', warmupEpochs, 0);
  return (epoch) => {
    inRange('teacherTemperature', 'epoch', epoch, 0);
    if (epoch >= warmupEpochs) return final;
    return warmup + ((final - warmup) * epoch) / Math.max(warmupEpochs - 1, 1);
  };
}

/** The linear scaling rule: `rate * batch / 256`. */
export function scaledLearningRate(rate: number, batch: number): number {
  inRange('scaledLearningRate', 'rate', rate, 0);
  integerFrom('scaledLearningRate', 'batch', batch, 1);
  return (rate * batch) / 256;
}

function finite(where: string, values: Record<string, number>): void {
  for (const [what, value] of Object.entries(values)) inRange(where, what, value, -Number.MAX_VALUE);
}
