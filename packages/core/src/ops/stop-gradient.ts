import { tf, type Tensor } from '../tf.js';

/** `x` as a constant: the same values, through which no gradient flows. */
export function stopGradient<T extends Tensor>(x: T): T {
  return tf.customGrad<T>((input) => ({
    value: tf.clone(input as T),
    gradFunc: (dy) => tf.zerosLike(dy),
  }))(x);
}
