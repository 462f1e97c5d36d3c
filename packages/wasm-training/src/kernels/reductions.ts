import { backend_util, util, type TensorInfo } from '@tensorflow/tfjs-core';

import { allFloat, attribute, required, type KernelCall, type TrainingKernel } from './kernel.js';

/** tfjs transposes its input (14 ns an element) unless the last axes are summed; sums over the batch are the gradient of every bias. */
export const sum: TrainingKernel = { name: 'Sum', run: (call) => reduce(call, () => 1) };
export const mean: TrainingKernel = { name: 'Mean', run: (call) => reduce(call, (length) => length) };

function reduce(call: KernelCall, divisorOf: (length: number) => number): TensorInfo | TensorInfo[] {
  const { context } = call;
  const x = required(call, 'x');
  const axes = util.parseAxisParam(attribute(call, 'axis') as number | number[], x.shape).toSorted((a, b) => a - b);
  const adjacent = axes.every((axis, i) => i === 0 || axis === axes[i - 1] + 1);
  if (!allFloat(x) || !adjacent || axes.length === 0) return call.stock();

  const [first, last] = [axes[0], axes[axes.length - 1]];
  const outer = util.sizeFromShape(x.shape.slice(0, first));
  const length = util.sizeFromShape(x.shape.slice(first, last + 1));
  const inner = util.sizeFromShape(x.shape.slice(last + 1));
  const [shape] = backend_util.computeOutAndReduceShapes(x.shape, axes);
  const y = context.output(
    (attribute(call, 'keepDims') as boolean | undefined) ? backend_util.expandShapeToKeepDim(shape, axes) : shape,
  );
  if (outer * inner === 0) return y;
  context.withScratch(context.kernels.sumScratch(inner), (scratch) => {
    context.kernels.sumAxis(context.address(x), outer, length, inner, divisorOf(length), context.address(y), scratch);
  });
  return y;
}
