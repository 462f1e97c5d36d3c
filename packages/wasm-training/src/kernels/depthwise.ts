import { backend_util, util, type TensorInfo } from '@tensorflow/tfjs-core';

import { allFloat, attribute, required, type KernelCall, type TrainingKernel } from './kernel.js';
import { plan } from './window.js';

type Shape4D = [number, number, number, number];
type Pair = number | [number, number];

export const depthwiseConv2D: TrainingKernel = {
  name: 'DepthwiseConv2dNative',
  run(call) {
    const { context } = call;
    const [x, filter] = [required(call, 'x'), required(call, 'filter')];
    if (!supported(call, x, filter)) return call.stock();
    const info = convInfo(call, x.shape, filter.shape);
    const y = context.output(info.outShape);
    if (util.sizeFromShape(y.shape) === 0) return y;
    plan(context, info);
    context.kernels.depthwise(context.address(x), context.address(filter), context.address(y));
    return y;
  },
};

/** Missing in tfjs's wasm backend, like the next one. */
export const depthwiseConv2DBackpropInput: TrainingKernel = {
  name: 'DepthwiseConv2dNativeBackpropInput',
  run(call) {
    const { context } = call;
    const [dy, filter] = [required(call, 'dy'), required(call, 'filter')];
    if (!supported(call, dy, filter)) return call.stock();
    const info = convInfo(call, attribute(call, 'inputShape') as number[], filter.shape);
    const dx = context.output(info.inShape);
    if (util.sizeFromShape(dx.shape) === 0) return dx;
    plan(context, info);
    context.kernels.depthwiseInputGradient(context.address(dy), context.address(filter), context.address(dx));
    return dx;
  },
};

export const depthwiseConv2DBackpropFilter: TrainingKernel = {
  name: 'DepthwiseConv2dNativeBackpropFilter',
  run(call) {
    const { context } = call;
    const [x, dy] = [required(call, 'x'), required(call, 'dy')];
    if (!supported(call, x, dy)) return call.stock();
    const info = convInfo(call, x.shape, attribute(call, 'filterShape') as number[]);
    const dfilter = context.output(info.filterShape);
    if (util.sizeFromShape(dfilter.shape) === 0) return dfilter;
    plan(context, info);
    context.withScratch(context.kernels.depthwiseScratch(), (scratch) => {
      context.kernels.depthwiseFilterGradient(
        context.address(x),
        context.address(dy),
        context.address(dfilter),
        scratch,
      );
    });
    return dfilter;
  },
};

function supported(call: KernelCall, ...tensors: TensorInfo[]): boolean {
  const format = (attribute(call, 'dataFormat') as string | undefined) ?? 'NHWC';
  return format === 'NHWC' && allFloat(...tensors);
}

function convInfo(call: KernelCall, inputShape: number[], filterShape: number[]): backend_util.Conv2DInfo {
  return backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    attribute(call, 'strides') as Pair,
    (attribute(call, 'dilations') as Pair | undefined) ?? 1,
    attribute(call, 'pad') as 'same' | 'valid' | number | backend_util.ExplicitPadding,
    attribute(call, 'dimRoundingMode') as 'floor' | 'round' | 'ceil' | undefined,
    true,
  );
}
