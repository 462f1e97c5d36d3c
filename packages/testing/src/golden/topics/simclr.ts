import { tf, type Tensor2D } from '@jembench/core';
import { ntXent } from '@jembench/losses';
import type { GoldenTopic } from '../topic.js';
import { gradients } from './gradients.js';

export const simclrTopic: GoldenTopic = {
  name: 'simclr',
  tolerance: { precision: 'float32', ulps: 1 },
  run(reader) {
    const views = { a: reader.inputTensor('a') as Tensor2D, b: reader.inputTensor('b') as Tensor2D };
    const options = { temperature: reader.param<number>('temperature'), eps: reader.param<number>('eps') };
    const { total } = ntXent(views.a, views.b, options);
    reader.expectScalar('total', total);
    reader.expectScalar('official_sum_of_two', tf.mul(total, 2), { error: 'total_rel' });
    const grads = gradients(views, ({ a, b }) => ntXent(a, b, options).total);
    reader.expectGradient('a', grads.a);
    reader.expectGradient('b', grads.b);
  },
};
