import { engine, tidy, util, type GradConfig, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';

import { attribute, required, type TrainingKernel } from '../kernels/kernel.js';
import { requireKernels } from '../registrations.js';
import { checkMatrix } from './matrix.js';

const forwardName = 'TrainingStandardise';
const gradientName = 'TrainingStandardiseGrad';

/** @throws Error for an eps that is not above 0. */
export function checkEpsilon(where: string, eps: number): void {
  util.assert(eps > 0 && eps < Infinity, () => `${where}: eps, got ${String(eps)}, wanted a finite number above 0`);
}

/**
 * Columns of mean 0 and variance 1 over the batch, differentiable: `(z - mean_j) / sqrt(var_j + eps)`, the variance biased.
 *
 * A constant column gives zeros, one whose variance overflows float32 gives NaN.
 *
 * @param z `[N, D]`, at least one row.
 * @param eps added to the variance, e.g. 1e-5.
 * @throws Error where the kernels are not registered, and for arguments other than these.
 */
export function standardise(z: Tensor2D, eps: number): Tensor2D {
  requireKernels('standardise');
  checkMatrix('standardise', 'z', z, 1);
  checkEpsilon('standardise', eps);
  return tidy(() => engine().runKernel<Tensor[]>(forwardName, { z }, { epsilon: eps })[0] as Tensor2D);
}

/** z to x and the rate `1 / sqrt(var_j + eps)` of each column. */
export const standardiseKernel: TrainingKernel = {
  name: forwardName,
  run(call) {
    const { context } = call;
    const z = required(call, 'z');
    const [rows, columns] = z.shape;
    const outputs = [context.output([rows, columns]), context.output([columns])];
    const [from, x, rates] = [z, ...outputs].map((tensor) => context.address(tensor));
    const epsilon = attribute(call, 'epsilon') as number;
    context.withScratch(context.kernels.columnScratch(columns), (scratch) => {
      context.kernels.standardiseColumns(from, x, rates, rows, columns, epsilon, scratch);
    });
    return outputs;
  },
};

/** x, rates, dy to dz. */
export const standardiseGradientKernel: TrainingKernel = {
  name: gradientName,
  run(call) {
    const { context } = call;
    const x = required(call, 'x');
    const [rows, columns] = x.shape;
    const dz = context.output(x.shape);
    const [atX, slope, rates, to] = [x, required(call, 'dy'), required(call, 'rates'), dz].map((tensor) =>
      context.address(tensor),
    );
    context.withScratch(context.kernels.columnScratch(columns), (scratch) => {
      context.kernels.standardiseGradient(atX, slope, rates, to, rows, columns, scratch);
    });
    return dz;
  },
};

export const standardiseGradConfig: GradConfig = {
  kernelName: forwardName,
  outputsToSave: [true, true],
  gradFunc(dys, saved) {
    const [dy] = dys as Tensor[];
    const [x, rates] = saved;
    return { z: () => engine().runKernel<Tensor>(gradientName, { x, rates, dy }) };
  },
};
