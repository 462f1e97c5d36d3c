import { knnProbe } from '@jembench/eval';
import type { GoldenTopic } from '../topic.js';
import { inputMatrix } from './eval-matrix.js';

/** A cosine is off by a few roundings; dividing it by the temperature before the exponential multiplies that (1 / 0.07). */
export const evalKnnTopic: GoldenTopic = {
  name: 'eval_knn',
  tolerance: { precision: 'float64', ulps: 16 },
  run(reader) {
    const train = inputMatrix(reader, 'train');
    const test = inputMatrix(reader, 'test');
    const labels = [reader.input('train_labels').data, reader.input('test_labels').data] as const;
    const classes = reader.param<number>('classes');
    const options = { classes, k: reader.param<number>('k'), temperature: reader.param<number>('temperature') };
    const result = knnProbe(train, labels[0], test, labels[1], options);
    reader.expectArray('predictions', result.predictions);
    reader.expectArray('vote_fraction', result.votes.data);
    reader.expectScalar('top1_percent', result.top1.percent);
    // A margin is the difference of two shares that may be nearly equal.
    reader.expectScalar('min_relative_margin', result.minRelativeMargin, { magnitude: 1 });
    if (reader.has('outputs', 'top5_percent')) reader.expectScalar('top5_percent', result.top5?.percent ?? NaN);
  },
};
