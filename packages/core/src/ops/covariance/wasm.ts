import { covariance } from '@jembench/wasm-training';
import type { Tensor2D } from '../../tf.js';

/** One kernel forward and one backward; half of the products. */
export function covarianceWasm(z: Tensor2D, centred: boolean, ddof: number): Tensor2D {
  return covariance(z, { centred, ddof });
}
