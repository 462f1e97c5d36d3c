import { layerNormTraining } from '@jembench/wasm-training';
import type { Tensor1D, Tensor2D } from '../../tf.js';

/** One kernel forward and one backward, instead of a dozen passes each. */
export function layerNormWasm(
  x: Tensor2D,
  gamma: Tensor1D | undefined,
  beta: Tensor1D | undefined,
  eps: number,
): Tensor2D {
  return layerNormTraining(x, gamma ?? null, beta ?? null, eps);
}
