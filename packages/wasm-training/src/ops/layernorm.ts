import { engine, ones, tidy, util, zeros, type GradConfig, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';

import { attribute, required, type TrainingKernel } from '../kernels/kernel.js';
import { requireKernels } from '../registrations.js';

const forwardName = 'TrainingLayerNorm';
const gradientName = 'TrainingLayerNormGrad';

/**
 * Layer normalisation over the last axis, differentiable in x, gamma and beta.
 *
 *     y = gamma (x - mean) / sqrt(variance + eps) + beta
 *
 * with the mean and the biased variance of each row. A constant row gives beta exactly.
 *
 * @param x `[..., D]`, at least one element.
 * @param gamma `[D]`, or null for 1.
 * @param beta `[D]`, or null for 0.
 * @param eps added to the variance, e.g. 1e-5.
 * @throws Error where the kernels are not registered, and for shapes other than these.
 * @see Ba, Kiros and Hinton, arXiv:1607.06450
 */
export function layerNormTraining<T extends Tensor>(
  x: T,
  gamma: Tensor1D | null,
  beta: Tensor1D | null,
  eps: number,
): T {
  requireKernels('layerNormTraining');
  const columns = x.shape[x.rank - 1];
  util.assert(
    x.rank >= 1 && x.size > 0,
    () => `layerNormTraining: x, got shape [${String(x.shape)}], wanted [..., D] with no empty axis`,
  );
  for (const [name, parameter] of Object.entries({ gamma, beta })) {
    const fits = parameter === null || (parameter.rank === 1 && parameter.shape[0] === columns);
    util.assert(
      fits,
      () => `layerNormTraining: ${name}, got shape [${String(parameter?.shape)}], wanted [${String(columns)}] as in x`,
    );
  }
  return tidy(
    () =>
      engine().runKernel<Tensor[]>(
        forwardName,
        { x, gamma: gamma ?? ones([columns]), beta: beta ?? zeros([columns]) },
        { epsilon: eps },
      )[0] as T,
  );
}

/** x, gamma, beta to y and the mean and the rate of each row. */
export const layerNormKernel: TrainingKernel = {
  name: forwardName,
  run(call) {
    const { context } = call;
    const x = required(call, 'x');
    const columns = x.shape[x.shape.length - 1];
    const rows = util.sizeFromShape(x.shape) / columns;
    const [y, means, rates] = [context.output(x.shape), context.output([rows]), context.output([rows])];
    context.kernels.layerNorm(
      context.address(x),
      context.address(y),
      rows,
      columns,
      context.address(required(call, 'gamma')),
      context.address(required(call, 'beta')),
      context.address(means),
      context.address(rates),
      attribute(call, 'epsilon') as number,
    );
    return [y, means, rates];
  },
};

/** x, dy, gamma, means, rates to dx, dgamma, dbeta. */
export const layerNormGradientKernel: TrainingKernel = {
  name: gradientName,
  run(call) {
    const { context } = call;
    const x = required(call, 'x');
    const columns = x.shape[x.shape.length - 1];
    const rows = util.sizeFromShape(x.shape) / columns;
    const [dx, dgamma, dbeta] = [context.output(x.shape), context.output([columns]), context.output([columns])];
    context.withScratch(context.kernels.layerNormScratch(columns), (scratch) => {
      context.kernels.layerNormGradient(
        context.address(x),
        context.address(required(call, 'dy')),
        context.address(dx),
        context.address(dgamma),
        context.address(dbeta),
        rows,
        columns,
        context.address(required(call, 'gamma')),
        context.address(required(call, 'means')),
        context.address(required(call, 'rates')),
        scratch,
      );
    });
    return [dx, dgamma, dbeta];
  },
};

export const layerNormGradConfig: GradConfig = {
  kernelName: forwardName,
  inputsToSave: ['x', 'gamma'],
  outputsToSave: [false, true, true],
  gradFunc(dys, saved) {
    const [dy] = dys as Tensor[];
    const [x, gamma, means, rates] = saved;
    const [dx, dgamma, dbeta] = engine().runKernel<Tensor[]>(gradientName, { x, dy, gamma, means, rates });
    return { x: () => dx, gamma: () => dgamma, beta: () => dbeta };
  },
};
