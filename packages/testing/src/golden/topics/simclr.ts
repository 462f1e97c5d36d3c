import { tf, type Tensor2D } from '@jembench/core';
import { ntXent } from '@jembench/losses';
import type { GoldenTopic } from '../topic.js';
import { gradients } from './gradients.js';

export const simclrTopic: GoldenTopic = {
  name: 'simclr',
  // The sums over columns and negatives; what the exponentials add is the condition below.
  tolerance: { precision: 'float32', ulps: 1 },
  run(reader) {
    const views = { a: reader.inputTensor('a') as Tensor2D, b: reader.inputTensor('b') as Tensor2D };
    const options = { temperature: reader.param<number>('temperature'), eps: reader.param<number>('eps') };
    const { total } = ntXent(views.a, views.b, options);
    // Cosines carry a rounding of their own into exponentials of cosine / temperature.
    const condition = 2 / options.temperature;
    reader.expectScalar('total', total, { condition });
    reader.expectScalar('official_sum_of_two', tf.mul(total, 2), { condition, error: 'total_rel' });
    const grads = gradients(views, ({ a, b }) => ntXent(a, b, options).total);
    reader.expectGradient('a', grads.a, { condition });
    reader.expectGradient('b', grads.b, { condition });
  },
};
