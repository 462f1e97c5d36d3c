import type { Tensor2D } from '@jembench/core';
import { byol } from '@jembench/losses';
import type { GoldenTopic } from '../topic.js';
import { gradients } from './gradients.js';

export const byolTopic: GoldenTopic = {
  name: 'byol',
  // One sum over the columns for the norms, one for the distances.
  tolerance: { precision: 'float32', ulps: 1 },
  run(reader) {
    const matrix = (key: string): Tensor2D => reader.inputTensor(key) as Tensor2D;
    const predictions = { pred1: matrix('pred1'), pred2: matrix('pred2') };
    const targets = [matrix('proj1'), matrix('proj2')] as const;
    const options = { eps: reader.param<number>('eps') };
    const { total, perSample } = byol([predictions.pred1, predictions.pred2], targets, options);
    // The square of a distance d between unit vectors is off by 2 d u: where predictions are almost right, by more than its own size.
    const magnitude = Math.sqrt(reader.output('total') as number);
    reader.expectScalar('total', total, { magnitude });
    reader.expectArray('per_sample', perSample, { magnitude, error: 'total_rel' });
    const grads = gradients(predictions, ({ pred1, pred2 }) => byol([pred1, pred2], targets, options).total);
    reader.expectGradient('pred1', grads.pred1);
    reader.expectGradient('pred2', grads.pred2);
  },
};
