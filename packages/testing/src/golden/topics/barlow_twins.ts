import { crossCorrelation, type Tensor2D } from '@jembench/core';
import { barlowTwins } from '@jembench/losses';
import type { GoldenTopic } from '../topic.js';
import { gradients } from './gradients.js';

export const barlowTwinsTopic: GoldenTopic = {
  name: 'barlow_twins',
  // Standardising, correlation and the sum of its squares each add up over the batch: two sums deep.
  tolerance: { precision: 'float32', ulps: 2 },
  run(reader) {
    const views = { a: reader.inputTensor('a') as Tensor2D, b: reader.inputTensor('b') as Tensor2D };
    const eps = reader.param<number>('bnEps');
    const options = { lambda: reader.param<number>('lambda'), eps };
    const { total, onDiagonal, offDiagonal } = barlowTwins(views.a, views.b, options);
    // A C_ii near 1 carries about four roundings, so that (C_ii - 1)^2 is off by 2 * 4 u |C_ii - 1|, and their sum by 8 u times its root.
    const nearOne = { condition: 8, magnitude: Math.sqrt(reader.output('on_diagonal') as number) };
    reader.expectScalar('total', total, nearOne);
    reader.expectScalar('on_diagonal', onDiagonal, nearOne);
    reader.expectScalar('off_diagonal', offDiagonal);
    // The files give the matrix only where it is small.
    if (reader.has('outputs', 'c')) reader.expectArray('c', crossCorrelation(views.a, views.b, { eps }));
    const grads = gradients(views, ({ a, b }) => barlowTwins(a, b, options).total);
    reader.expectGradient('a', grads.a);
    reader.expectGradient('b', grads.b);
  },
};
