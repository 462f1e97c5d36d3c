import { batchNormTraining } from '@jembench/wasm-training';
import type { Tensor1D, Tensor2D } from '../../tf.js';
import type { NormalisedRows } from './composed.js';

/** One kernel forward and one backward, instead of a dozen passes each. */
export function batchNormWasm(
  x: Tensor2D,
  gamma: Tensor1D | undefined,
  beta: Tensor1D | undefined,
  eps: number,
): NormalisedRows {
  return batchNormTraining(x, gamma ?? null, beta ?? null, eps);
}
