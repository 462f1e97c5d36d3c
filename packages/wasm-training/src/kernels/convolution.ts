import { backend_util, util, type TensorInfo } from '@tensorflow/tfjs-core';

import type { KernelContext } from '../context.js';
import { epilogueOf, plain, type Epilogue } from './epilogue.js';
import { allFloat, attribute, required, type KernelCall, type TrainingKernel } from './kernel.js';
import { plan } from './window.js';

type ConvInfo = backend_util.Conv2DInfo;
type Shape4D = [number, number, number, number];

/** NHWC convolution as a product over patches that are read in place, never copied out. */
export const conv2D: TrainingKernel = { name: 'Conv2D', run: (call) => forward(call, () => plain) };

/** `activation(conv(x, filter) + bias)`. */
export const fusedConv2D: TrainingKernel = {
  name: 'FusedConv2D',
  run: (call) => forward(call, (channels) => epilogueOf(call, channels)),
};

/** The gradient by the input: a stride s splits it into s * s convolutions of dy, one for every residue of the input position. */
export const conv2DBackpropInput: TrainingKernel = {
  name: 'Conv2DBackpropInput',
  run(call) {
    const { context } = call;
    const dy = required(call, 'dy');
    const filter = required(call, 'filter');
    if (!supported(call, dy, filter)) return call.stock();
    const info = convInfo(call, attribute(call, 'inputShape') as Shape4D, filter.shape as Shape4D);
    const dx = context.output(info.inShape);
    if (util.sizeFromShape(dx.shape) === 0) return dx;
    if (util.sizeFromShape(dy.shape) === 0) return zeros(context, dx);
    const { kernels } = context;
    const [atDy, atFilter, atDx] = [dy, filter, dx].map((tensor) => context.address(tensor));
    plan(context, info);
    const { bytes, run } = kernels.isFastConvolution()
      ? { bytes: kernels.fastInputGradientScratch(), run: kernels.fastInputGradient }
      : { bytes: kernels.inputGradientScratch(), run: kernels.convolveInputGradient };
    context.withScratch(bytes, (scratch) => {
      run(atDy, atFilter, atDx, scratch);
    });
    return dx;
  },
};

/** The gradient by the filter: x transposed times dy over all output positions, in blocks that stay in the cache. Missing in tfjs's wasm backend. */
export const conv2DBackpropFilter: TrainingKernel = {
  name: 'Conv2DBackpropFilter',
  run(call) {
    const { context } = call;
    const x = required(call, 'x');
    const dy = required(call, 'dy');
    if (!supported(call, x, dy)) return call.stock();
    const info = convInfo(call, x.shape as Shape4D, attribute(call, 'filterShape') as Shape4D);
    const dfilter = context.output(info.filterShape);
    if (util.sizeFromShape(dfilter.shape) === 0) return dfilter;
    if (util.sizeFromShape(dy.shape) === 0) return zeros(context, dfilter);
    const { kernels } = context;
    const [atX, atDy, atFilter] = [x, dy, dfilter].map((tensor) => context.address(tensor));
    plan(context, info);
    const { bytes, run } = kernels.isFastConvolution()
      ? { bytes: kernels.fastFilterGradientScratch(), run: kernels.fastFilterGradient }
      : { bytes: kernels.filterGradientScratch(), run: kernels.convolveFilterGradient };
    context.withScratch(bytes, (scratch) => {
      run(atX, atDy, atFilter, scratch);
    });
    return dfilter;
  },
};

function forward(call: KernelCall, epilogueFor: (channels: number) => Epilogue): TensorInfo | TensorInfo[] {
  const { context } = call;
  const x = required(call, 'x');
  const filter = required(call, 'filter');
  if (!supported(call, x, filter)) return call.stock();
  const info = convInfo(call, x.shape as Shape4D, filter.shape as Shape4D);
  const y = context.output(info.outShape);
  if (util.sizeFromShape(y.shape) === 0) return y;
  const { kernels } = context;
  const epilogue = epilogueFor(info.outChannels);
  const [atX, atFilter, atY] = [context.address(x), context.address(filter), context.address(y)];
  if (isPointwise(info)) {
    const pixels = info.batchSize * info.inHeight * info.inWidth;
    context.withScratch(kernels.gemmScratch(info.outChannels, info.inChannels), (scratch) => {
      kernels.gemm(
        atX,
        atFilter,
        atY,
        pixels,
        info.outChannels,
        info.inChannels,
        0,
        0,
        epilogue.flags,
        epilogue.bias,
        scratch,
      );
    });
    return epilogue.finish(y);
  }
  plan(context, info);
  if (kernels.isFastConvolution()) {
    context.withScratch(kernels.fastForwardScratch(), (scratch) => {
      kernels.fastConvolve(atX, atFilter, atY, scratch);
    });
    if (epilogue.flags !== 0) {
      kernels.finishRows(
        atY,
        util.sizeFromShape(y.shape) / info.outChannels,
        info.outChannels,
        epilogue.flags,
        epilogue.bias,
      );
    }
  } else {
    context.withScratch(kernels.forwardScratch(), (scratch) => {
      kernels.convolve(atX, atFilter, atY, epilogue.flags, epilogue.bias, scratch);
    });
  }
  return epilogue.finish(y);
}

function supported(call: KernelCall, ...tensors: TensorInfo[]): boolean {
  const format = (attribute(call, 'dataFormat') as string | undefined) ?? 'NHWC';
  return format === 'NHWC' && allFloat(...tensors);
}

function convInfo(call: KernelCall, inputShape: Shape4D, filterShape: Shape4D): ConvInfo {
  const strides = attribute(call, 'strides') as number | [number, number];
  const dilations = (attribute(call, 'dilations') as number | [number, number] | undefined) ?? 1;
  const pad = attribute(call, 'pad') as 'same' | 'valid' | number | backend_util.ExplicitPadding;
  const rounding = attribute(call, 'dimRoundingMode') as 'floor' | 'round' | 'ceil' | undefined;
  const info = backend_util.computeConv2DInfo(inputShape, filterShape, strides, dilations, pad, rounding);
  util.assert(
    info.inChannels === filterShape[2],
    () => `conv2d: input channels, got ${String(info.inChannels)}, wanted ${String(filterShape[2])} as in the filter`,
  );
  return info;
}

function isPointwise(info: ConvInfo): boolean {
  return (
    info.filterHeight * info.filterWidth * info.strideHeight * info.strideWidth === 1 &&
    info.outHeight === info.inHeight &&
    info.outWidth === info.inWidth
  );
}

function zeros(context: KernelContext, tensor: TensorInfo): TensorInfo {
  context.backend.typedArrayFromHeap(tensor).fill(0);
  return tensor;
}
