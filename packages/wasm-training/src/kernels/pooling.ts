import { backend_util, util, type TensorInfo } from '@tensorflow/tfjs-core';

import { allFloat, attribute, required, type KernelCall, type TrainingKernel } from './kernel.js';
import { plan } from './window.js';

type Shape4D = [number, number, number, number];
type Pair = number | [number, number];
type Padding = 'same' | 'valid' | number | backend_util.ExplicitPadding;

/** tfjs's starts its search for the maximum at 0 and so loses windows whose maximum is not positive. */
export const maxPoolGrad: TrainingKernel = {
  name: 'MaxPoolGrad',
  run(call) {
    const { context } = call;
    const x = required(call, 'input');
    const dy = required(call, 'dy');
    if (!allFloat(x, dy)) return call.stock();
    const dx = begin(call, x);
    if (util.sizeFromShape(dx.shape) > 0)
      context.kernels.maxPoolGradient(context.address(x), context.address(dy), context.address(dx));
    return dx;
  },
};

/** The mean is over the elements of a window that lie inside the input; tfjs's gradient divides by the size of the window there too. */
export const avgPoolGrad: TrainingKernel = {
  name: 'AvgPoolGrad',
  run(call) {
    const { context } = call;
    const x = required(call, 'input');
    const dy = required(call, 'dy');
    if (!allFloat(x, dy)) return call.stock();
    const dx = begin(call, x);
    if (util.sizeFromShape(dx.shape) > 0) context.kernels.averagePoolGradient(context.address(dy), context.address(dx));
    return dx;
  },
};

function begin(call: KernelCall, x: TensorInfo): TensorInfo {
  const info = backend_util.computePool2DInfo(
    x.shape as Shape4D,
    attribute(call, 'filterSize') as Pair,
    attribute(call, 'strides') as Pair,
    1,
    attribute(call, 'pad') as Padding,
    attribute(call, 'dimRoundingMode') as 'floor' | 'round' | 'ceil' | undefined,
  );
  const dx = call.context.output(x.shape);
  plan(call.context, info);
  return dx;
}
