import { tf, type Scalar, type Tensor } from '@jembench/core';

/** d total / d input for each named input. */
export function gradients<T extends Record<string, Tensor>>(
  inputs: T,
  total: (inputs: T) => Scalar,
): Readonly<Record<keyof T & string, Tensor>> {
  const names = Object.keys(inputs);
  const differentiate = tf.grads((...values: Tensor[]) => {
    return total(Object.fromEntries(names.map((name, i) => [name, values[i]])) as T);
  });
  const results = differentiate(Object.values(inputs));
  return Object.fromEntries(names.map((name, i) => [name, results[i]])) as Record<keyof T & string, Tensor>;
}
