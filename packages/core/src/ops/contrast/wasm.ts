import { contrast } from '@jembench/wasm-training';
import type { Tensor2D } from '../../tf.js';
import type { Contrast } from './op.js';

/** One kernel forward and one backward; half of the cosines are computed. */
export function contrastWasm(z: Tensor2D, temperature: number): Contrast {
  return contrast(z, temperature);
}
