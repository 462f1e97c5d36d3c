import { tf, type Tensor } from '../tf.js';

/** `f(x)` as a constant: no gradient flows through it, and nothing that `f` computes is recorded. The result has the shape of `x`. */
export function withoutGradient<T extends Tensor>(x: T, f: (x: T) => T): T {
  return tf.customGrad<T>((input) => ({
    value: f(input as T),
    gradFunc: (dy) => tf.zerosLike(dy),
  }))(x);
}

/** `x` as a constant: the same values, through which no gradient flows. */
export function stopGradient<T extends Tensor>(x: T): T {
  return withoutGradient(x, tf.clone<T>);
}
