import { tf, type Scalar, type Tensor } from '@jembench/core';

/**
 * The sum of all elements, row by row first: one running float32 sum over the million terms of a wide batch loses digits that the sum
 * of the rows' sums keeps.
 */
export function totalSum(x: Tensor): Scalar {
  return tf.sum<Scalar>(tf.sum(x, -1));
}
