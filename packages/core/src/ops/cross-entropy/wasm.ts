import { crossEntropy } from '@jembench/wasm-training';
import type { Scalar, Tensor2D } from '../../tf.js';

/** One kernel forward and one backward; the logarithms of the probabilities are never written. */
export function crossEntropyWasm(targets: Tensor2D, scores: Tensor2D, temperature: number): Scalar {
  return crossEntropy(targets, scores, temperature);
}
