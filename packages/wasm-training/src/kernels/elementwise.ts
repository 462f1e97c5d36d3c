import { broadcast_util, util, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';

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

/** How an operand of two is read: its address, and the bytes from four elements to the next four (0: one value stands for all). */
interface Operand {
  readonly address: number;
  readonly step: number;
}

/** Runs `work` on two operands in the shape of the result: of that shape, or one element; other broadcasts are tiled first. */
function withOperands(
  context: KernelContext,
  a: TensorInfo,
  b: TensorInfo,
  dtype: DataType,
  work: (a: Operand, b: Operand, y: number, count: number) => void,
): TensorInfo {
  const y = context.output(broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape), dtype);
  const tensors = [a, b].map((tensor) => broadcastTo(context, tensor, y.shape));
  const [first, second] = tensors.map((tensor) => ({
    address: context.address(tensor),
    step: util.sizeFromShape(tensor.shape) === 1 ? 0 : 16,
  }));
  work(first, second, context.address(y), util.sizeFromShape(y.shape));
  for (const tensor of tensors) if (tensor !== a && tensor !== b) context.backend.disposeData(tensor.dataId);
  return y;
}

function broadcastTo(context: KernelContext, tensor: TensorInfo, shape: number[]): TensorInfo {
  const size = util.sizeFromShape(tensor.shape);
  if (size === 1 || size === util.sizeFromShape(shape)) return tensor;
  const padded = [...Array<number>(shape.length - tensor.shape.length).fill(1), ...tensor.shape];
  const reps = shape.map((length, axis) => (padded[axis] === length ? 1 : length));
  return tile(context, { ...tensor, shape: padded }, reps);
}

function extremum(name: string, mapOf: (kernels: KernelExports) => KernelExports['mapMaximum']): TrainingKernel {
  return {
    name,
    run(call) {
      const { context } = call;
      const [a, b] = [required(call, 'a'), required(call, 'b')];
      if (!allFloat(a, b)) return call.stock();
      return withOperands(context, a, b, 'float32', (first, second, y, count) => {
        mapOf(context.kernels)(first.address, first.step, second.address, second.step, y, count);
      });
    },
  };
}

export const maximum = extremum('Maximum', (kernels) => kernels.mapMaximum);
export const minimum = extremum('Minimum', (kernels) => kernels.mapMinimum);

/** In the order of assembly/compare.ts. */
const relations = ['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual'];

export const comparisons: readonly TrainingKernel[] = relations.map((name, relation) => ({
  name,
  run(call) {
    const { context } = call;
    const [a, b] = [required(call, 'a'), required(call, 'b')];
    if (!allFloat(a, b)) return call.stock();
    return withOperands(context, a, b, 'bool', (first, second, y, count) => {
      context.kernels.compare(first.address, first.step, second.address, second.step, y, count, relation);
    });
  },
}));

/** `condition ? t : e`, all of one shape. */
export const select: TrainingKernel = {
  name: 'Select',
  run(call) {
    const { context } = call;
    const [condition, t, e] = [required(call, 'condition'), required(call, 't'), required(call, 'e')];
    if (
      condition.dtype !== 'bool' ||
      !allFloat(t, e) ||
      !util.arraysEqual(condition.shape, t.shape) ||
      !util.arraysEqual(t.shape, e.shape)
    )
      return call.stock();
    const y = context.output(t.shape);
    context.kernels.select(
      context.address(condition),
      context.address(t),
      context.address(e),
      context.address(y),
      util.sizeFromShape(t.shape),
    );
    return y;
  },
};
