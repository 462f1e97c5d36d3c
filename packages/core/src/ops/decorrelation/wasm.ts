import { covariancePenalty } from '@jembench/wasm-training';
import type { Scalar, Tensor2D } from '../../tf.js';
import type { PenaltyForm } from './choose-form.js';

/** One kernel forward and one backward, which choose the form by its cost and by what its subtraction would lose; never a wide `[D, D]`. */
export function penaltyWasm(z: Tensor2D, centred: boolean, ddof: number, form: PenaltyForm | 'auto'): Scalar {
  return covariancePenalty(z, { centred, ddof, form });
}
