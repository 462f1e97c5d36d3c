import { tf, type Tensor } from '../../tf.js';
import { inverseRoot } from '../columns.js';

/** Clamping the square instead of the norm keeps the gradient of a zero row finite: no root of zero is taken. */
export function l2NormaliseComposed<T extends Tensor>(z: T, smallestSquare: number): T {
  return tf.tidy(() => {
    const squares = tf.sum(tf.square(z), -1, true);
    return tf.mul(z, inverseRoot(tf.maximum(squares, smallestSquare)));
  });
}
