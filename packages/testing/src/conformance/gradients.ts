import { rootStream, tf, type Tensor } from '@jembench/core';
import type { Arrays, OpCase, Tensors } from '@jembench/core/cases';
import { mapValues, tensorOf } from './tensors.js';

/** Fixed weights that make a number of all outputs: every element of every output counts, each differently. */
export function outputWeights(outputs: Arrays): Arrays {
  return mapValues(outputs, ({ shape, data }, name) => {
    const stream = rootStream(0).fork('output weights').fork(name);
    return { shape, data: Float64Array.from(data, () => Math.fround(stream.normal())) };
  });
}

/** `sum over outputs of sum(output * weights)`, in float64. */
function weightedSum(outputs: Arrays, weights: Arrays): number {
  let sum = 0;
  for (const [name, { data }] of Object.entries(outputs)) {
    const factors = weights[name].data;
    for (let i = 0; i < data.length; i++) sum += data[i] * factors[i];
  }
  return sum;
}

/**
 * d weightedSum / d input of the reference: fourth-order central differences, in float64.
 *
 *     (8 (f(x + h) - f(x - h)) - (f(x + 2h) - f(x - 2h))) / 12 h,   h = lengthScale / 1000
 */
export function referenceGradient(opCase: OpCase, input: string, weights: Arrays): Float64Array {
  const { data, shape } = opCase.inputs[input];
  const step = opCase.lengthScale / 1000;
  const shifted = data.slice();
  const inputs = { ...opCase.inputs, [input]: { shape, data: shifted } };
  const at = (i: number, offset: number): number => {
    shifted[i] = data[i] + offset;
    const sum = weightedSum(opCase.reference(inputs), weights);
    shifted[i] = data[i];
    return sum;
  };
  return Float64Array.from(data, (_, i) => {
    const near = at(i, step) - at(i, -step);
    const far = at(i, 2 * step) - at(i, -2 * step);
    return (8 * near - far) / (12 * step);
  });
}

/** The same of the op, by tfjs's differentiation, for every input. */
export function opGradients(
  inputs: Tensors,
  evaluate: (inputs: Tensors) => Tensors,
  weights: Arrays,
): Readonly<Record<string, Tensor>> {
  return tf.tidy(() => {
    const names = Object.keys(inputs);
    const total = (...values: Tensor[]): Tensor => {
      const outputs = evaluate(Object.fromEntries(names.map((name, i) => [name, values[i]])));
      return tf.addN(Object.entries(outputs).map(([name, output]) => tf.sum(tf.mul(output, tensorOf(weights[name])))));
    };
    const gradients = tf.grads(total)(Object.values(inputs));
    return Object.fromEntries(names.map((name, i) => [name, gradients[i]]));
  });
}
