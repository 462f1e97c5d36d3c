import { InputError } from '@jembench/core';
import {
  cosineEma,
  linear,
  scaledLearningRate,
  teacherTemperature,
  warmupCosine,
  type Schedule,
} from '@jembench/trainers';
import type { CaseReader } from '../case-reader.js';
import type { GoldenTopic } from '../topic.js';
import { isGoldenArray } from '../values.js';

/** Learning rate, weight decay, EMA momentum and temperature over the steps of a run. */
export const optimSchedules: GoldenTopic = {
  name: 'optim_schedules',
  // Plain numbers in float64: a handful of roundings, and the cosine of another library.
  tolerance: { precision: 'float64', ulps: 8 },
  run(reader) {
    const kind = reader.param<string>('kind');
    if (!isKind(kind)) {
      throw new InputError(
        `${reader.name}: params.kind, got "${kind}", wanted one of ${Object.keys(kinds).join(', ')}`,
      );
    }
    const schedules: Readonly<Record<string, Schedule>> = kinds[kind](reader);
    const steps = reader.output(reader.has('outputs', 'epochs') ? 'epochs' : 'steps');
    if (typeof steps !== 'object' || !isGoldenArray(steps)) {
      throw new InputError(`${reader.name}: outputs.steps, got something else, wanted an array of steps`);
    }
    const at = Array.from(steps.data);
    for (const [output, schedule] of Object.entries(schedules)) reader.expectArray(output, at.map(schedule));
  },
};

/** The schedules of a case, by the output that holds their values. */
const kinds = {
  'cosine-warmup-vicreg': (reader: CaseReader) => ({ values: officialCosine(reader, 'baseLr') }),
  'cosine-warmup-barlow': (reader: CaseReader) => ({
    weights: officialCosine(reader, 'learningRateWeights'),
    biases: officialCosine(reader, 'learningRateBiases'),
  }),
  'dino-cosine-scheduler': (reader: CaseReader) => ({
    values: warmupCosine({
      base: reader.param('base'),
      final: reader.param('final'),
      start: reader.optionalParam('startWarmup', 0),
      ...epochSteps(reader),
      inclusive: true,
    }),
  }),
  'byol-cosine-ema': (reader: CaseReader) => ({
    values: cosineEma({ base: reader.param('base'), totalSteps: reader.param('maxSteps') }),
  }),
  'byol-cosine-lr': (reader: CaseReader) => ({
    values: warmupCosine({
      base: scaledLearningRate(reader.param('baseLr'), reader.param('batchSize')),
      warmupSteps: reader.param('warmupSteps'),
      totalSteps: reader.param('totalSteps'),
    }),
  }),
  'linear-ema': (reader: CaseReader) => ({
    values: linear({
      start: reader.param('start'),
      end: reader.param('end'),
      steps: reader.param('annealSteps'),
    }),
  }),
  'dino-teacher-temp': (reader: CaseReader) => {
    // The length of the official table; the schedule itself has no end.
    reader.param('epochs');
    return {
      values: teacherTemperature({
        warmup: reader.param('warmup'),
        final: reader.param('final'),
        warmupEpochs: reader.param('warmupEpochs'),
      }),
    };
  },
  'mae-cosine-lr': (reader: CaseReader) => ({
    values: warmupCosine({
      base: reader.param('lr'),
      final: reader.param('minLr'),
      warmupSteps: reader.param('warmupEpochs'),
      totalSteps: reader.param('epochs'),
    }),
  }),
} as const;

function isKind(kind: string): kind is keyof typeof kinds {
  return Object.hasOwn(kinds, kind);
}

function epochSteps(reader: CaseReader): { warmupSteps: number; totalSteps: number } {
  const stepsPerEpoch = reader.param<number>('stepsPerEpoch');
  return {
    warmupSteps: reader.param<number>('warmupEpochs') * stepsPerEpoch,
    totalSteps: reader.param<number>('epochs') * stepsPerEpoch,
  };
}

function officialCosine(reader: CaseReader, rate: string): Schedule {
  const base = scaledLearningRate(reader.param(rate), reader.param('batchSize'));
  return warmupCosine({ base, final: base * reader.param<number>('endFactor'), ...epochSteps(reader) });
}
