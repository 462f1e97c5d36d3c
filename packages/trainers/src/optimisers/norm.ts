import { tf, type Scalar, type Tensor } from '@jembench/core';

/**
 * The Euclidean norm of all elements, a scalar.
 *
 * Summed row by row and then over the rows: one running float32 sum over a million squares would lose digits.
 */
export function euclideanNorm(x: Tensor): Scalar {
  const squares = tf.square(x);
  const rows = x.rank > 1 ? tf.sum(squares, -1) : squares;
  return tf.sqrt(tf.sum(rows));
}

/** 0 for a finite scalar, NaN for any other: added to a factor, it keeps a norm that overflowed from reading as "no gradient". */
export function nanUnlessFinite(x: Scalar): Scalar {
  return tf.sub(x, x);
}
