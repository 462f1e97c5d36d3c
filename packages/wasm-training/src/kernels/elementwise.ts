import { util, type TensorInfo } from '@tensorflow/tfjs-core';

import type { KernelExports } from '../generated/kernels.js';
import { allFloat, required, type KernelCall, type TrainingKernel } from './kernel.js';

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

/** tfjs's gives 0 for NaN: a network that diverged would look finite. */
export const relu = unary('Relu', (kernels) => kernels.mapRelu);
