import { tf, type Tensor } from '@jembench/core';

/**
 * The value of `compute`, with every tensor that is not part of it freed.
 *
 * tf.tidy for results that are interfaces: its own type asks for an index signature, which an interface does not have.
 */
export function scoped<T extends object>(compute: () => T): T {
  return tf.tidy(compute as () => Record<string, Tensor>) as unknown as T;
}

/**
 * `compute(x)` as a constant: no gradient flows through it, and nothing of its computation is recorded for one.
 *
 * stopGradient around the result would be the same function, but would record every step, only to send zeros back through it.
 */
export function constant<X extends Tensor, Y extends Tensor>(x: X, compute: (x: X) => Y): Y {
  const { shape } = x;
  return tf.customGrad((input) => ({ value: compute(input as X), gradFunc: () => tf.zeros(shape) }))(x);
}
