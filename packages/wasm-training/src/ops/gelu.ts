import { engine, util, type GradConfig, type Tensor } from '@tensorflow/tfjs-core';

import { required, type TrainingKernel } from '../kernels/kernel.js';
import { requireKernels } from '../registrations.js';

const forwardName = 'TrainingGelu';
const gradientName = 'TrainingGeluGrad';

/**
 * The Gaussian error linear unit, differentiable.
 *
 *     y = x Phi(x),   Phi the normal distribution function (the form with erf, not the one with tanh)
 *
 * The error is below 2e-7 of |x| for x > -1; in the left tail the relative error of y stays below 5e-6 down to where y leaves the range of float32.
 * NaN gives NaN, -Infinity gives 0.
 *
 * @param x float32 of any shape.
 * @throws Error where the kernels are not registered.
 * @see Hendrycks and Gimpel, arXiv:1606.08415
 */
export function gelu<T extends Tensor>(x: T): T {
  requireKernels('gelu');
  util.assert(x.dtype === 'float32', () => `gelu: type, got ${x.dtype}, wanted float32`);
  return engine().runKernel<T>(forwardName, { x });
}

export const geluKernel: TrainingKernel = {
  name: forwardName,
  run(call) {
    const { context } = call;
    const x = required(call, 'x');
    const y = context.output(x.shape);
    context.kernels.mapGelu(context.address(x), context.address(y), util.sizeFromShape(x.shape));
    return y;
  },
};

export const geluGradientKernel: TrainingKernel = {
  name: gradientName,
  run(call) {
    const { context } = call;
    const x = required(call, 'x');
    const dx = context.output(x.shape);
    context.kernels.geluGradient(
      context.address(x),
      context.address(required(call, 'dy')),
      context.address(dx),
      util.sizeFromShape(x.shape),
    );
    return dx;
  },
};

export const geluGradConfig: GradConfig = {
  kernelName: forwardName,
  inputsToSave: ['x'],
  gradFunc(dy, saved) {
    const [x] = saved;
    return { x: () => engine().runKernel<Tensor>(gradientName, { x, dy: dy as Tensor }) };
  },
};
