import {
  engine,
  ones,
  tidy,
  util,
  zeros,
  type GradConfig,
  type NamedTensorMap,
  type Tensor,
  type Tensor1D,
  type TensorInfo,
} from '@tensorflow/tfjs-core';

import { attribute, required, type TrainingKernel } from '../kernels/kernel.js';
import { requireKernels } from '../registrations.js';

/** The outputs of a batch normalisation in training mode. */
export interface BatchNorm<T extends Tensor> {
  /** Normalised, scaled and shifted values, shaped like x. */
  readonly y: T;
  /** `[D]` mean of each channel over the batch. */
  readonly mean: Tensor1D;
  /** `[D]` biased variance of each channel over the batch. */
  readonly variance: Tensor1D;
}

interface BatchNormAttrs {
  readonly epsilon: number;
  readonly relu: boolean;
}

const forwardName = 'TrainingBatchNorm';
const gradientName = 'TrainingBatchNormGrad';

/**
 * Batch normalisation in training mode, differentiable in x, gamma, beta, and through all three results.
 *
 *     y = gamma (x - mean) / sqrt(variance + eps) + beta
 *
 * The mean and the variance (biased; distances from the mean, not a difference of squares) are taken over all axes but the last. A channel
 * that is constant over the batch has variance 0 exactly, and y = beta.
 *
 * @param x `[N, D]` or `[N, H, W, D]`; at least one row.
 * @param gamma `[D]`, or null for 1.
 * @param beta `[D]`, or null for 0.
 * @param eps added to the variance, e.g. 1e-5.
 * @throws Error where the kernels are not registered, and for shapes other than these.
 * @see Ioffe and Szegedy, arXiv:1502.03167
 */
export function batchNormTraining<T extends Tensor>(
  x: T,
  gamma: Tensor1D | null,
  beta: Tensor1D | null,
  eps: number,
): BatchNorm<T> {
  return normalise('batchNormTraining', x, gamma, beta, { epsilon: eps, relu: false });
}

/** `relu(batchNormTraining(...).y)` in the same pass over memory, forward and backward. Same parameters and results. */
export function batchNormReluTraining<T extends Tensor>(
  x: T,
  gamma: Tensor1D | null,
  beta: Tensor1D | null,
  eps: number,
): BatchNorm<T> {
  return normalise('batchNormReluTraining', x, gamma, beta, { epsilon: eps, relu: true });
}

function normalise<T extends Tensor>(
  where: string,
  x: T,
  gamma: Tensor1D | null,
  beta: Tensor1D | null,
  attrs: BatchNormAttrs,
): BatchNorm<T> {
  requireKernels(where);
  const channels = x.shape[x.rank - 1];
  util.assert(
    x.rank >= 2 && x.size > 0,
    () => `${where}: x, got shape [${String(x.shape)}], wanted [N, D] or [N, H, W, D] with no empty axis`,
  );
  for (const [name, parameter] of Object.entries({ gamma, beta })) {
    const fits = parameter === null || (parameter.rank === 1 && parameter.shape[0] === channels);
    util.assert(
      fits,
      () => `${where}: ${name}, got shape [${String(parameter?.shape)}], wanted [${String(channels)}] as in x`,
    );
  }
  for (const tensor of [x, gamma, beta]) {
    util.assert(
      tensor === null || tensor.dtype === 'float32',
      () => `${where}: type, got ${String(tensor?.dtype)}, wanted float32`,
    );
  }
  const [y, mean, variance] = tidy(() =>
    engine().runKernel<Tensor[]>(
      forwardName,
      { x, gamma: gamma ?? ones([channels]), beta: beta ?? zeros([channels]) },
      { ...attrs },
    ),
  );
  return { y: y as T, mean: mean as Tensor1D, variance: variance as Tensor1D };
}

function channelsOf(x: TensorInfo): { rows: number; channels: number } {
  const channels = x.shape[x.shape.length - 1];
  return { rows: util.sizeFromShape(x.shape) / channels, channels };
}

/** x, gamma, beta to y, mean, variance. */
export const batchNormKernel: TrainingKernel = {
  name: forwardName,
  run(call) {
    const { context } = call;
    const { kernels } = context;
    const x = required(call, 'x');
    const { rows, channels } = channelsOf(x);
    const [y, mean, variance] = [context.output(x.shape), context.output([channels]), context.output([channels])];
    const [atX, atMean, atVariance] = [x, mean, variance].map((tensor) => context.address(tensor));
    context.withScratch(kernels.batchNormScratch(channels), (scratch) => {
      kernels.batchStatistics(atX, rows, channels, atMean, atVariance, scratch);
      kernels.batchNormalise(
        atX,
        context.address(y),
        rows,
        channels,
        atMean,
        atVariance,
        context.address(required(call, 'gamma')),
        context.address(required(call, 'beta')),
        attribute(call, 'epsilon') as number,
        (attribute(call, 'relu') as boolean) ? 1 : 0,
        scratch,
      );
    });
    return [y, mean, variance];
  },
};

/** x, dy, mean, variance, dmean, dvariance, gamma, beta to dx, dgamma, dbeta. */
export const batchNormGradientKernel: TrainingKernel = {
  name: gradientName,
  run(call) {
    const { context } = call;
    const { kernels } = context;
    const x = required(call, 'x');
    const { rows, channels } = channelsOf(x);
    const [dx, dgamma, dbeta] = [context.output(x.shape), context.output([channels]), context.output([channels])];
    context.withScratch(kernels.batchNormScratch(channels), (scratch) => {
      kernels.batchNormGradient(
        context.address(x),
        context.address(required(call, 'dy')),
        context.address(dx),
        context.address(dgamma),
        context.address(dbeta),
        rows,
        channels,
        context.address(required(call, 'mean')),
        context.address(required(call, 'variance')),
        context.address(required(call, 'gamma')),
        context.address(required(call, 'beta')),
        context.address(required(call, 'dmean')),
        context.address(required(call, 'dvariance')),
        attribute(call, 'epsilon') as number,
        (attribute(call, 'relu') as boolean) ? 1 : 0,
        scratch,
      );
    });
    return [dx, dgamma, dbeta];
  },
};

export const batchNormGradConfig: GradConfig = {
  kernelName: forwardName,
  inputsToSave: ['x', 'gamma', 'beta'],
  outputsToSave: [false, true, true],
  gradFunc(dys, saved, attrs) {
    const [dy, dmean, dvariance] = dys as Tensor[];
    const [x, gamma, beta, mean, variance] = saved;
    const inputs: NamedTensorMap = { x, dy, mean, variance, dmean, dvariance, gamma, beta };
    const [dx, dgamma, dbeta] = engine().runKernel<Tensor[]>(gradientName, inputs, attrs);
    return { x: () => dx, gamma: () => dgamma, beta: () => dbeta };
  },
};
