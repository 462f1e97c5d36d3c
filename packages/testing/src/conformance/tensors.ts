import { tf, type Tensor } from '@jembench/core';
import type { Array64, Arrays, Tensors } from '@jembench/core/cases';

export function tensorOf({ data, shape }: Array64): Tensor {
  return tf.tensor(Float32Array.from(data), [...shape]);
}

export function tensorsOf(arrays: Arrays): Tensors {
  return mapValues(arrays, tensorOf);
}

/** Ways to come by a tensor with the same values that is not a fresh upload: other code hands such tensors to an op. */
export const views: Readonly<Record<string, (array: Array64) => Tensor>> = {
  'a transpose': (array) => {
    const axes = array.shape.map((_, axis) => axis).reverse();
    return tf.transpose(tf.transpose(tensorOf(array), axes), axes);
  },
  'a slice': (array) => {
    const margin = array.shape.map((): [number, number] => [1, 2]);
    if (margin.length === 0) return tf.clone(tensorOf(array));
    return tf.slice(
      tf.pad(tensorOf(array), margin, 7),
      margin.map(([before]) => before),
      [...array.shape],
    );
  },
  'a reshape': (array) => tf.reshape(tf.reshape(tensorOf(array), [array.data.length]), [...array.shape]),
};

/** The values of named tensors, read to the end, in the order of their names. */
export async function valuesOf(tensors: Tensors): Promise<Readonly<Record<string, Float32Array>>> {
  const values: Record<string, Float32Array> = {};
  for (const name of Object.keys(tensors).sort()) values[name] = Float32Array.from(await tensors[name].data());
  return values;
}

export function mapValues<A, B>(
  record: Readonly<Record<string, A>>,
  map: (value: A, name: string) => B,
): Readonly<Record<string, B>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)]));
}
