import { engine, util, type Tensor } from '@tensorflow/tfjs-core';

import { attribute, required, type TrainingKernel } from '../kernels/kernel.js';
import { requireKernels } from '../registrations.js';
import { differentiable } from './differentiable.js';
import { checkRows, rowsAndColumns } from './distributions.js';

const forwardName = 'TrainingL2Normalise';
const gradientName = 'TrainingL2NormaliseGrad';

/**
 * Rows of unit length along the last axis, differentiable: `z / sqrt(max(|z|^2, smallestSquare))`.
 *
 * The gradient of a row below the bound is that of the division by it. A row whose square overflows float32 gives NaN.
 *
 * @param smallestSquare above 0, e.g. 1e-24.
 * @throws Error where the kernels are not registered, and for arguments other than these.
 */
export function l2Normalise<T extends Tensor>(z: T, smallestSquare: number): T {
  requireKernels('l2Normalise');
  checkRows('l2Normalise', 'z', z);
  util.assert(
    smallestSquare > 0 && smallestSquare < Infinity,
    () => `l2Normalise: smallestSquare, got ${String(smallestSquare)}, wanted a finite number above 0`,
  );
  return differentiable([z], {
    forward: () => {
      const [y, rates] = engine().runKernel<Tensor[]>(forwardName, { z }, { smallestSquare });
      return [y, y, rates];
    },
    backward: (dy, _, [y, rates]) => [engine().runKernel(gradientName, { y, rates, dy })],
  }) as T;
}

/** z to y and the rate of each row, negative where the bound was taken. */
export const l2NormaliseKernel: TrainingKernel = {
  name: forwardName,
  run(call) {
    const { context } = call;
    const z = required(call, 'z');
    const [rows, columns] = rowsAndColumns(z);
    const outputs = [context.output(z.shape), context.output([rows])];
    const [from, y, rates] = [z, ...outputs].map((tensor) => context.address(tensor));
    context.kernels.normaliseRows(from, y, rates, rows, columns, attribute(call, 'smallestSquare') as number);
    return outputs;
  },
};

/** y, rates, dy to dz. */
export const l2NormaliseGradientKernel: TrainingKernel = {
  name: gradientName,
  run(call) {
    const { context } = call;
    const y = required(call, 'y');
    const dz = context.output(y.shape);
    const [from, slope, rates, to] = [y, required(call, 'dy'), required(call, 'rates'), dz].map((tensor) =>
      context.address(tensor),
    );
    context.kernels.normaliseGradientRows(from, slope, rates, to, ...rowsAndColumns(y));
    return dz;
  },
};
