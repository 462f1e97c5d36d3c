import { redundancy } from '@jembench/wasm-training';
import type { Tensor2D } from '../../tf.js';
import type { PenaltyForm } from '../decorrelation/choose-form.js';
import type { Redundancy } from './op.js';

/** One kernel forward and one backward, standardising included. */
export function redundancyWasm(a: Tensor2D, b: Tensor2D, eps: number, form: PenaltyForm | 'auto'): Redundancy {
  return redundancy(a, b, { eps, form });
}
