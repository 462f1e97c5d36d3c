import { broadcast_util, util, type TensorInfo } from '@tensorflow/tfjs-core';

import type { KernelContext } from '../context.js';
import type { KernelExports } from '../generated/kernels.js';
import { allFloat, attribute, required, type KernelCall, type TrainingKernel } from './kernel.js';
import { tile } from './layout.js';

type Map = (x: number, y: number, count: number) => void;

/** A function of one element, by its name in tfjs and its export in the module. */
function unary(name: string, mapOf: (kernels: KernelExports) => Map): TrainingKernel {
  return {
    name,
    run(call: KernelCall): TensorInfo | TensorInfo[] {
      const { context } = call;
      const x = required(call, 'x');
      if (!allFloat(x)) return call.stock();
      const y = context.output(x.shape);
      mapOf(context.kernels)(context.address(x), context.address(y), util.sizeFromShape(x.shape));
      return y;
    },
  };
}

/** Scalar library calls in tfjs's module; four lanes here. */
export const exp = unary('Exp', (kernels) => kernels.mapExp);
export const log = unary('Log', (kernels) => kernels.mapLog);
export const tanh = unary('Tanh', (kernels) => kernels.mapTanh);
export const erf = unary('Erf', (kernels) => kernels.mapErf);
export const rsqrt = unary('Rsqrt', (kernels) => kernels.mapRsqrt);

// tfjs's clamps, maxima and minima lose NaN, in some lanes or operands: a network that diverged would look finite.

const clip =
  (low: number, high: number) =>
  (kernels: KernelExports): Map =>
  (x, y, count) => {
    kernels.mapClip(x, y, count, low, high);
  };
export const relu = unary('Relu', clip(0, Infinity));
export const relu6 = unary('Relu6', clip(0, 6));

export const clipByValue: TrainingKernel = {
  name: 'ClipByValue',
  run: (call) =>
    unary(
      'ClipByValue',
      clip(attribute(call, 'clipValueMin') as number, attribute(call, 'clipValueMax') as number),
    ).run(call),
};

type BinaryMap = (a: number, stepA: number, b: number, stepB: number, y: number, count: number) => void;

/** A function of two elements, of the same shape or with a scalar; other broadcasts are tiled first. */
function binary(name: string, mapOf: (kernels: KernelExports) => BinaryMap): TrainingKernel {
  return {
    name,
    run(call: KernelCall): TensorInfo | TensorInfo[] {
      const { context } = call;
      const [a, b] = [required(call, 'a'), required(call, 'b')];
      if (!allFloat(a, b)) return call.stock();
      const y = context.output(broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape));
      const operands = [a, b].map((tensor) => broadcastTo(context, tensor, y.shape));
      const [stepA, stepB] = operands.map((tensor) => (util.sizeFromShape(tensor.shape) === 1 ? 0 : 16));
      const [atA, atB] = operands.map((tensor) => context.address(tensor));
      mapOf(context.kernels)(atA, stepA, atB, stepB, context.address(y), util.sizeFromShape(y.shape));
      for (const tensor of operands) if (tensor !== a && tensor !== b) context.backend.disposeData(tensor.dataId);
      return y;
    },
  };
}

function broadcastTo(context: KernelContext, tensor: TensorInfo, shape: number[]): TensorInfo {
  const size = util.sizeFromShape(tensor.shape);
  if (size === 1 || size === util.sizeFromShape(shape)) return tensor;
  const padded = [...Array<number>(shape.length - tensor.shape.length).fill(1), ...tensor.shape];
  const reps = shape.map((length, axis) => (padded[axis] === length ? 1 : length));
  return tile(context, { ...tensor, shape: padded }, reps);
}

export const maximum = binary('Maximum', (kernels) => kernels.mapMaximum);
export const minimum = binary('Minimum', (kernels) => kernels.mapMinimum);
