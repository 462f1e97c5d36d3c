import { batchNormReluTraining, batchNormTraining } from '@jembench/wasm-training';
import type { Tensor1D, Tensor2D } from '../../tf.js';
import type { NormalisationOptions, NormalisedRows } from './composed.js';

/** One kernel forward and one backward, instead of a dozen passes each. */
export function batchNormWasm(
  x: Tensor2D,
  gamma: Tensor1D | undefined,
  beta: Tensor1D | undefined,
  { eps, relu }: NormalisationOptions,
): NormalisedRows {
  return (relu ? batchNormReluTraining : batchNormTraining)(x, gamma ?? null, beta ?? null, eps);
}
