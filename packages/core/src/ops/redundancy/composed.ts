import { tf, type Scalar, type Tensor1D, type Tensor2D } from '../../tf.js';
import { columnMeans, totalSum } from '../columns.js';
import type { GramTerms } from '../decorrelation/choose-form.js';
import { offDiagonalSquaresComposed } from '../decorrelation/composed.js';

/** `C_jj` of two standardised views, without the matrix. */
export function correlationDiagonal(x: Tensor2D, y: Tensor2D): Tensor1D {
  return tf.reshape(columnMeans(tf.mul(x, y)), [x.shape[1]]);
}

export function offDiagonalDirect(x: Tensor2D, y: Tensor2D): Scalar {
  return tf.tidy(() => offDiagonalSquaresComposed(tf.div(tf.matMul(x, y, true, false), x.shape[0])));
}

/** `|X^T Y|_F^2 = <X X^T, Y Y^T>`. */
export function offDiagonalGramTerms(x: Tensor2D, y: Tensor2D, diagonal: Tensor1D): GramTerms {
  const N = x.shape[0];
  const gramX: Tensor2D = tf.div(tf.matMul(x, x, false, true), N);
  const gramY: Tensor2D = tf.div(tf.matMul(y, y, false, true), N);
  return {
    all: totalSum(tf.mul(gramX, gramY)),
    diagonal: tf.sum(tf.square(diagonal)),
    size: tf.sqrt(tf.mul(totalSum(tf.square(gramX)), totalSum(tf.square(gramY)))),
  };
}
