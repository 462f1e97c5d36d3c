import { varianceHinge } from '@jembench/wasm-training';
import type { Scalar, Tensor2D } from '../../tf.js';
import type { VarianceHingeSettings } from './composed.js';

/** One kernel forward and one backward. */
export function varianceHingeWasm(z: Tensor2D, settings: VarianceHingeSettings): Scalar {
  return varianceHinge(z, settings);
}
