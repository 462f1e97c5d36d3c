import { tf, type Implementation, type Tensor } from '@jembench/core';
import type { Array64, Arrays, CaseTolerance, OpCase, Tensors } from '@jembench/core/cases';
import { arrayMismatch, largestMagnitude } from '../golden/comparison.js';
import { absoluteTolerance } from '../golden/tolerance.js';
import { opGradients, outputWeights, referenceGradient } from './gradients.js';
import { mapValues, tensorOf, tensorsOf, valuesOf, views } from './tensors.js';

/** One demand on an op. `run` throws with what is wrong. */
export interface ConformanceCheck {
  readonly name: string;
  run(opCase: OpCase, implementation: Implementation): Promise<void>;
}

/** Everything that is demanded of every case of every op, on every backend. */
export const conformanceChecks: readonly ConformanceCheck[] = [
  { name: 'has the value of the reference', run: checkValue },
  { name: 'has the gradient of the reference', run: checkGradient },
  { name: 'frees what it makes', run: checkLeaks },
  { name: 'leaves its inputs as they are', run: checkInputs },
  { name: 'shows NaN and Infinity', run: checkNonFinite },
  { name: 'takes transposes, slices and reshapes', run: checkViews },
  { name: 'repeats itself bit by bit', run: checkRepetition },
];

async function checkValue(opCase: OpCase, implementation: Implementation): Promise<void> {
  const wanted = opCase.reference(opCase.inputs);
  await withScope(async () => {
    const outputs = opCase.evaluate(tensorsOf(opCase.inputs), implementation);
    const names = Object.keys(wanted).sort().join();
    equal('outputs', Object.keys(outputs).sort().join(), names);
    const { value: ulps, condition, scale } = toleranceOf(opCase, implementation);
    for (const [name, { shape }] of Object.entries(wanted))
      equal(`shape of ${name}`, `[${outputs[name].shape.join()}]`, `[${shape.join()}]`);
    const got = await valuesOf(outputs);
    for (const [name, array] of Object.entries(wanted)) {
      close(name, got[name], array, { ulps, condition, magnitude: scale?.value }, opCase);
    }
  });
}

function toleranceOf({ tolerance, fusedTolerance = tolerance }: OpCase, implementation: Implementation): CaseTolerance {
  return implementation === 'composed' ? tolerance : fusedTolerance;
}

async function checkGradient(opCase: OpCase, implementation: Implementation): Promise<void> {
  const weights = outputWeights(opCase.reference(opCase.inputs));
  await withScope(async () => {
    const evaluate = (inputs: Tensors): Tensors => opCase.evaluate(inputs, implementation);
    const got = await valuesOf(opGradients(tensorsOf(opCase.inputs), evaluate, weights));
    for (const [name, { shape }] of Object.entries(opCase.inputs)) {
      if (opCase.differentiable.includes(name)) {
        const { gradient: ulps, condition, scale } = toleranceOf(opCase, implementation);
        const wanted = { shape, data: referenceGradient(opCase, name, weights) };
        close(`gradient by ${name}`, got[name], wanted, { ulps, condition, magnitude: scale?.gradient }, opCase);
      } else {
        const flow = got[name].findIndex((value) => value !== 0);
        if (flow >= 0) throw different(`gradient by ${name}[${flow}]`, got[name][flow], '0: no gradient flows here');
      }
    }
  });
}

async function checkLeaks(opCase: OpCase, implementation: Implementation): Promise<void> {
  const inputs = tensorsOf(opCase.inputs);
  const weights = outputWeights(opCase.reference(opCase.inputs));
  const before = memory();
  const outputs = opCase.evaluate(inputs, implementation);
  await valuesOf(outputs);
  equal('tensors alive beside the outputs', tf.memory().numTensors - before.tensors, Object.keys(outputs).length);
  tf.dispose(outputs);
  const gradients = opGradients(inputs, (values) => opCase.evaluate(values, implementation), weights);
  equal('tensors alive beside the gradients', tf.memory().numTensors - before.tensors, Object.keys(inputs).length);
  tf.dispose(gradients);
  equal('bytes left', tf.memory().numBytes, before.bytes);
  equal('buffers left', tf.memory().numDataBuffers, before.buffers);
  tf.dispose(inputs);
}

function memory(): { tensors: number; bytes: number; buffers: number } {
  const { numTensors, numBytes, numDataBuffers } = tf.memory();
  return { tensors: numTensors, bytes: numBytes, buffers: numDataBuffers };
}

async function checkInputs(opCase: OpCase, implementation: Implementation): Promise<void> {
  await withScope(async () => {
    const inputs = tensorsOf(opCase.inputs);
    const weights = outputWeights(opCase.reference(opCase.inputs));
    await valuesOf(opCase.evaluate(inputs, implementation));
    await valuesOf(opGradients(inputs, (values) => opCase.evaluate(values, implementation), weights));
    sameBits(
      'input',
      await valuesOf(inputs),
      mapValues(opCase.inputs, ({ data }) => Float32Array.from(data)),
    );
  });
}

async function checkNonFinite(opCase: OpCase, implementation: Implementation): Promise<void> {
  for (const [name, array] of Object.entries(opCase.inputs)) {
    // The first, a middle and the last element: kernels treat remainders of vectors by themselves.
    for (const index of new Set([0, array.data.length >> 1, array.data.length - 1])) {
      for (const poison of [NaN, Infinity]) {
        const inputs = { ...opCase.inputs, [name]: poisoned(array, index, poison) };
        await withScope(async () => {
          const got = await valuesOf(opCase.evaluate(tensorsOf(inputs), implementation));
          const visible = Object.values(got).some((values) => values.some((value) => !Number.isFinite(value)));
          if (!visible)
            throw different(
              `outputs with ${name}[${index}] = ${poison}`,
              'finite values',
              'NaN or Infinity to be seen',
            );
        });
      }
    }
  }
}

function poisoned({ shape, data }: Array64, index: number, value: number): Array64 {
  return { shape, data: data.with(index, value) };
}

async function checkViews(opCase: OpCase, implementation: Implementation): Promise<void> {
  const wanted = await results(opCase, implementation, tensorOf);
  for (const [view, make] of Object.entries(views)) {
    sameBits(`result for ${view}`, await results(opCase, implementation, make), wanted);
  }
}

async function checkRepetition(opCase: OpCase, implementation: Implementation): Promise<void> {
  const first = await results(opCase, implementation, tensorOf);
  sameBits('second result', await results(opCase, implementation, tensorOf), first);
}

/** All values and gradients of a case. */
async function results(
  opCase: OpCase,
  implementation: Implementation,
  make: (array: Array64) => Tensor,
): Promise<Readonly<Record<string, Float32Array>>> {
  const weights = outputWeights(opCase.reference(opCase.inputs));
  return withScope(async () => {
    const inputs = mapValues(opCase.inputs, make);
    const outputs = await valuesOf(opCase.evaluate(inputs, implementation));
    const gradients = await valuesOf(opGradients(inputs, (values) => opCase.evaluate(values, implementation), weights));
    return {
      ...outputs,
      ...Object.fromEntries(Object.entries(gradients).map(([name, g]) => [`gradient by ${name}`, g])),
    };
  });
}

/** A scope that may be awaited in; frees every tensor made in it. */
async function withScope<T>(body: () => Promise<T>): Promise<T> {
  tf.engine().startScope('conformance');
  try {
    return await body();
  } finally {
    tf.engine().endScope();
  }
}

function close(
  field: string,
  got: Float32Array,
  { shape, data }: Array64,
  allowance: { ulps: number; condition?: number; magnitude?: number },
  { inputs }: OpCase,
): void {
  const tolerance = absoluteTolerance({ precision: 'float32', ulps: allowance.ulps }, allowance, {
    float32Error: 0,
    largestInput: largestSize(inputs),
    largestWanted: largestMagnitude(data),
  });
  const mismatch = arrayMismatch(field, got, { dtype: 'float64', shape, data }, tolerance);
  if (mismatch === undefined) return;
  const { got: value, wanted, error, tolerance: relative } = mismatch;
  throw different(mismatch.field, value, `${wanted} to ${String(relative)}; off by ${String(error)}`);
}

function largestSize(inputs: Arrays): number {
  return Math.max(...Object.values(inputs).map(({ data }) => data.length));
}

function sameBits(
  what: string,
  got: Readonly<Record<string, Float32Array>>,
  wanted: Readonly<Record<string, Float32Array>>,
): void {
  for (const [name, values] of Object.entries(wanted)) {
    equal(`${what}, length of ${name}`, got[name].length, values.length);
    const at = values.findIndex((value, i) => !Object.is(value, got[name][i]));
    if (at >= 0) throw different(`${what}, ${name}[${at}]`, got[name][at], `${values[at]} to the bit`);
  }
}

function equal<T extends number | string>(what: string, got: T, wanted: T): void {
  if (got !== wanted) throw different(what, got, wanted);
}

function different(what: string, got: number | string, wanted: number | string): Error {
  return new Error(`${what}, got ${got}, wanted ${wanted}`);
}
