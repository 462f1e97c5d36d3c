import * as tf from '@tensorflow/tfjs-core';

import type { WasmBackend } from '../context.js';
import { guardHeap } from './guarded-heap.js';
import { inputValues, type CaseInput } from './values.js';

/** One row of the operation table: a tfjs kernel with its inputs and attributes. */
export interface KernelCase {
  readonly kernel: string;
  readonly inputs: Readonly<Record<string, CaseInput>>;
  readonly attrs: Readonly<Record<string, unknown>>;
  /**
   * Allowed error, in units of float32 rounding (2^-24): of the largest sum of absolute terms for products (`sums`), of the largest
   * expected value otherwise.
   */
  readonly roundings: number;
  /** The kernel is a sum of products: errors are judged against the same sum of absolute values. */
  readonly sums?: boolean;
}

export interface Output {
  readonly shape: number[];
  readonly values: Float32Array;
}

export interface GuardedRun {
  readonly outputs: Output[];
  readonly damaged: number[];
  readonly leakedBlocks: number;
  readonly leakedTensors: number;
}

const absolute = (values: Float32Array): Float32Array => values.map(Math.abs);

/** Runs a case on the current backend. */
export function runCase(
  testCase: KernelCase,
  change: (values: Float32Array) => Float32Array = (values) => values,
): Output[] {
  const inputs: tf.NamedTensorMap = {};
  Object.entries(testCase.inputs).forEach(([name, input], index) => {
    inputs[name] = tf.tensor(change(inputValues(input, index + 1)), input.shape, input.dtype ?? 'float32');
  });
  const result = tf
    .engine()
    .runKernel<tf.Tensor | tf.Tensor[]>(testCase.kernel, inputs, testCase.attrs as tf.NamedAttrMap);
  const tensors = Array.isArray(result) ? result : [result];
  const outputs = tensors.map((output) => ({ shape: output.shape, values: Float32Array.from(output.dataSync()) }));
  tf.dispose([inputs, tensors] as tf.TensorContainer);
  return outputs;
}

/** Runs a case on the wasm backend with guards around every block of memory. */
export function runGuarded(testCase: KernelCase, misalignment = 0): GuardedRun {
  const heap = guardHeap(tf.backend() as unknown as WasmBackend, misalignment);
  try {
    const tensorsBefore = tf.memory().numTensors;
    const blocksBefore = heap.live();
    const outputs = runCase(testCase);
    return {
      outputs,
      damaged: heap.damaged(),
      leakedBlocks: heap.live() - blocksBefore,
      leakedTensors: tf.memory().numTensors - tensorsBefore,
    };
  } finally {
    heap.restore();
  }
}

/** The largest error in units of 2^-24 of the scale that the case names; Infinity where one is finite and the other not, or the shapes differ. */
export function errorInRoundings(actual: Output, expected: Output, scale: Output): number {
  if (String(actual.shape) !== String(expected.shape)) return Infinity;
  const largest = scale.values.reduce(
    (most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most),
    0,
  );
  let worst = 0;
  expected.values.forEach((want, i) => {
    const got = actual.values[i];
    if (Object.is(got, want) || got === want) return;
    const error = Math.abs(got - want) / (largest * 2 ** -24);
    worst = Math.max(worst, Number.isNaN(error) ? Infinity : error);
  });
  return worst;
}

/** The scale that errors of a case are measured against, by the cpu backend. */
export function scaleOf(testCase: KernelCase, expected: Output[]): Output[] {
  if (!testCase.sums) return expected;
  // An activation would hide the size of the sums.
  const attrs = 'activation' in testCase.attrs ? { ...testCase.attrs, activation: 'linear' } : testCase.attrs;
  return runCase({ ...testCase, attrs }, absolute);
}

/** A name that shows what differs between the cases of a kernel. */
export function caseName({ kernel, inputs, attrs }: KernelCase): string {
  const shapes = Object.entries(inputs).map(([name, { shape }]) => `${name} [${shape.join()}]`);
  const options = Object.entries(attrs).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return `${kernel} ${[...shapes, ...options].join(', ')}`;
}
