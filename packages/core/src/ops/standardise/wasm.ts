import { standardise } from '@jembench/wasm-training';
import type { Tensor2D } from '../../tf.js';

/** One kernel forward and one backward. */
export function standardiseWasm(z: Tensor2D, eps: number): Tensor2D {
  return standardise(z, eps);
}
