import { tf, type Scalar, type Tensor2D } from '../../tf.js';
import { centreColumns, columnMeans, totalSum } from '../columns.js';
import { covarianceComposed } from '../covariance/composed.js';
import type { GramTerms } from './choose-form.js';

/**
 * The sum of squares off the diagonal of `c`.
 *
 * The diagonal is masked, not subtracted: in a decorrelated batch it is all but the whole of the sum.
 */
export function offDiagonalSquaresComposed(c: Tensor2D): Scalar {
  return tf.tidy(() => totalSum(tf.square(tf.mul(c, offDiagonalMask(c.shape[0])))));
}

/** `[D, D]`, zeros on the diagonal, ones elsewhere: rows `[0, 1, ..., 1]` of length D + 1 read with stride D. */
function offDiagonalMask(D: number): Tensor2D {
  const rows = tf.pad(tf.zeros([D, 1]), [[0, 0], [0, D]], 1); // prettier-ignore
  return tf.reshape(tf.slice(tf.reshape(rows, [D * (D + 1)]), [0], [D * D]), [D, D]);
}

export function penaltyDirect(z: Tensor2D, centred: boolean, ddof: number): Scalar {
  return tf.tidy(() => offDiagonalSquaresComposed(covarianceComposed(z, centred, ddof)));
}

/** `|Z^T Z|_F = |Z Z^T|_F`, and the diagonal of `Z^T Z` are the columns' sums of squares. */
export function penaltyGramTerms(z: Tensor2D, centred: boolean, ddof: number): GramTerms {
  const N = z.shape[0];
  const x = centred ? centreColumns(z) : z;
  const gram: Tensor2D = tf.div(tf.matMul(x, x, false, true), N - ddof);
  const variances = tf.mul(columnMeans(tf.square(x)), N / (N - ddof));
  return { all: totalSum(tf.square(gram)), diagonal: tf.sum(tf.square(variances)) };
}
