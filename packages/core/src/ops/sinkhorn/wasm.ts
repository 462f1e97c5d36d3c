import { sinkhorn } from '@jembench/wasm-training';
import type { Tensor2D } from '../../tf.js';
import type { SinkhornOptions } from './op.js';

/** One pass over the scores an iteration; looks at their range on the way. */
export function sinkhornWasm(
  scores: Tensor2D,
  options: Pick<SinkhornOptions, 'epsilon' | 'iterations' | 'domain'>,
): Tensor2D {
  return sinkhorn(scores, options);
}
