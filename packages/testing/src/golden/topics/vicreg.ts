import { covariance, tf, type Tensor, type Tensor2D } from '@jembench/core';
import { vicreg } from '@jembench/losses';
import type { GoldenTopic } from '../topic.js';
import { gradients } from './gradients.js';

export const vicregTopic: GoldenTopic = {
  name: 'vicreg',
  // Centring, covariance and the sum of its squares: three sums deep, each over the batch or its square.
  tolerance: { precision: 'float32', ulps: 3 },
  run(reader) {
    const views = { a: reader.inputTensor('a') as Tensor2D, b: reader.inputTensor('b') as Tensor2D };
    const eps = reader.param<number>('eps');
    const options = {
      gamma: reader.param<number>('gamma'),
      eps,
      weights: {
        invariance: reader.param<number>('simCoeff'),
        variance: reader.param<number>('stdCoeff'),
        covariance: reader.param<number>('covCoeff'),
      },
    };
    const loss = vicreg(views.a, views.b, options);
    for (const name of ['total', 'invariance', 'variance', 'covariance'] as const) {
      reader.expectScalar(name, loss[name]);
    }
    const grads = gradients(views, ({ a, b }) => vicreg(a, b, options).total);
    for (const branch of ['a', 'b'] as const) {
      reader.expectArray(`std_${branch}`, standardDeviation(views[branch], eps));
      reader.expectScalar(`variance_${branch}`, loss[branch].variance);
      reader.expectScalar(`covariance_${branch}`, loss[branch].covariance);
      reader.expectGradient(branch, grads[branch]);
    }
  },
};

/** From the diagonal of the covariance: the loss itself has no need of it. */
function standardDeviation(z: Tensor2D, eps: number): Tensor {
  const diagonal = tf.sum(tf.mul(covariance(z), tf.eye(z.shape[1])), 0);
  return tf.sqrt(tf.add(diagonal, eps));
}
