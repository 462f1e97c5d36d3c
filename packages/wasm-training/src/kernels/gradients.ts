import {
  cast,
  engine,
  getBackend,
  getKernel,
  mul,
  step,
  sub,
  sum,
  util,
  type GradConfig,
  type Tensor,
} from '@tensorflow/tfjs-core';

import { rowsAndColumns, softargmaxGradientName } from '../ops/distributions.js';
import { attribute, required, type TrainingKernel } from './kernel.js';

const reluName = 'TrainingReluGrad';

/** x, dy to dy where x > 0: one pass where tfjs takes three. */
export const reluGradientKernel: TrainingKernel = {
  name: reluName,
  run(call) {
    const { context } = call;
    const x = required(call, 'x');
    const dx = context.output(x.shape);
    context.kernels.reluGradient(
      context.address(x),
      context.address(required(call, 'dy')),
      context.address(dx),
      util.sizeFromShape(x.shape),
    );
    return dx;
  },
};

/** Softmax along the last axis; tfjs's differs between its SIMD and its plain build. */
export const softmax: TrainingKernel = {
  name: 'Softmax',
  run(call) {
    const { context } = call;
    const x = required(call, 'logits');
    const axis = attribute(call, 'dim') as number;
    if (x.dtype !== 'float32' || axis !== x.shape.length - 1) return call.stock();
    const y = context.output(x.shape);
    context.kernels.softmaxRows(context.address(x), context.address(y), ...rowsAndColumns(x), 1);
    return y;
  },
};

// A gradient belongs to a kernel name on all backends: these two use the fused kernel where there is one, and tfjs's own formula elsewhere.

const runs = (kernel: string): boolean => (getKernel(kernel, getBackend()) as object | undefined) !== undefined;

export const reluGradConfig: GradConfig = {
  kernelName: 'Relu',
  inputsToSave: ['x'],
  gradFunc(dy, saved) {
    const [x] = saved;
    const gradient = dy as Tensor;
    return {
      x: () =>
        runs(reluName)
          ? engine().runKernel<Tensor>(reluName, { x, dy: gradient })
          : mul(gradient, cast(step(x), 'float32')),
    };
  },
};

export const softmaxGradConfig: GradConfig = {
  kernelName: 'Softmax',
  outputsToSave: [true],
  gradFunc(dy, saved, attrs) {
    const [y] = saved;
    const gradient = dy as Tensor;
    const { dim } = attrs as unknown as { dim: number };
    return {
      logits: () => {
        if (runs(softargmaxGradientName) && dim === y.rank - 1)
          return engine().runKernel<Tensor>(softargmaxGradientName, { y, dy: gradient }, { scale: 1 });
        const product = mul(gradient, y);
        return sub(product, mul(sum(product, [dim], true), y));
      },
    };
  },
};
