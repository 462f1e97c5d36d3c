import type { Tensor2D } from '@jembench/core';
import { simsiam } from '@jembench/losses';
import type { GoldenTopic } from '../topic.js';
import { gradients } from './gradients.js';

export const simsiamTopic: GoldenTopic = {
  name: 'simsiam',
  // One sum over the columns for the norms, one for the cosines.
  tolerance: { precision: 'float32', ulps: 1 },
  run(reader) {
    const matrix = (key: string): Tensor2D => reader.inputTensor(key) as Tensor2D;
    const predictions = { p1: matrix('p1'), p2: matrix('p2') };
    const projections = [matrix('z1'), matrix('z2')] as const;
    const options = { eps: reader.param<number>('eps') };
    const { total } = simsiam([predictions.p1, predictions.p2], projections, options);
    // A mean of cosines of both signs, which cancel: its rounding error is that of numbers of size 1.
    reader.expectScalar('total', total, { magnitude: 1 });
    const grads = gradients(predictions, ({ p1, p2 }) => simsiam([p1, p2], projections, options).total);
    reader.expectGradient('p1', grads.p1);
    reader.expectGradient('p2', grads.p2);
  },
};
