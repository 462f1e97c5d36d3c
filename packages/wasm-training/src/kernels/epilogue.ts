import { getKernel, util, type NamedAttrMap, type NamedTensorInfoMap, type TensorInfo } from '@tensorflow/tfjs-core';

import type { KernelContext } from '../context.js';
import { attribute, type KernelCall } from './kernel.js';

/** As in assembly/edge.ts. */
const BIAS = 2;
const RELU = 4;
const SIX = 8;

const nativeActivation: Readonly<Record<string, number>> = { linear: 0, relu: RELU, relu6: RELU | SIX };

/** What follows a product: what the micro-kernel adds and clamps while the result is in registers, and what is left to do afterwards. */
export interface Epilogue {
  readonly flags: number;
  readonly bias: number;
  finish(output: TensorInfo): TensorInfo;
}

/** The epilogue of a fused tfjs kernel (`bias`, `activation`, `preluActivationWeights`, `leakyreluAlpha`) over `columns` outputs. */
export function epilogueOf(call: KernelCall, columns: number): Epilogue {
  const { context } = call;
  const { bias, preluActivationWeights } = call.inputs;
  const activation = (attribute(call, 'activation') as string | undefined) ?? 'linear';
  const fusedBias =
    bias !== undefined &&
    bias.dtype === 'float32' &&
    util.sizeFromShape(bias.shape) === columns &&
    bias.shape.at(-1) === columns;
  const laterBias = bias !== undefined && !fusedBias;
  const native = laterBias ? undefined : nativeActivation[activation];

  return {
    flags: (fusedBias ? BIAS : 0) | (native ?? 0),
    bias: fusedBias ? context.address(bias) : 0,
    finish(output) {
      let result = output;
      const replace = (name: string, inputs: NamedTensorInfoMap, attrs: NamedAttrMap = {}): void => {
        const next = runStock(context, name, inputs, attrs);
        context.backend.disposeData(result.dataId);
        result = next;
      };
      if (laterBias) replace('Add', { a: result, b: bias });
      if (native !== undefined) return result;
      switch (activation) {
        case 'linear':
          break;
        case 'relu':
          replace('Relu', { x: result });
          break;
        case 'relu6':
          replace('Relu6', { x: result });
          break;
        case 'elu':
          replace('Elu', { x: result });
          break;
        case 'sigmoid':
          replace('Sigmoid', { x: result });
          break;
        case 'leakyrelu':
          replace(
            'LeakyRelu',
            { x: result },
            { alpha: (attribute(call, 'leakyreluAlpha') as number | undefined) ?? 0 },
          );
          break;
        case 'prelu':
          if (preluActivationWeights === undefined)
            throw new Error('wasm-training: activation prelu, got no weights, wanted preluActivationWeights');
          replace('Prelu', { x: result, alpha: preluActivationWeights });
          break;
        default:
          throw new Error(
            `wasm-training: activation, got '${activation}', wanted linear, relu, relu6, elu, sigmoid, leakyrelu or prelu`,
          );
      }
      return result;
    },
  };
}

/** The epilogue of a kernel without one. */
export const plain: Epilogue = { flags: 0, bias: 0, finish: (output) => output };

function runStock(context: KernelContext, name: string, inputs: NamedTensorInfoMap, attrs: NamedAttrMap): TensorInfo {
  const kernel = getKernel(name, 'wasm');
  return context.adopt(kernel.kernelFunc({ inputs, attrs: attrs, backend: context.backend }) as TensorInfo);
}
