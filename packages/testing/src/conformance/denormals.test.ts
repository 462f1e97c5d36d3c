import { rootStream, tf, useBackend } from '@jembench/core';
import { opSuites, type Array64, type OpCase } from '@jembench/core/cases';
import { beforeAll, describe, expect, it } from 'vitest';
import { opGradients, outputWeights } from './gradients.js';
import { mapValues, tensorsOf, valuesOf } from './tensors.js';

/** Numbers between 1e-45 and 1e-40 of either sign: below the smallest normal float32, 1.2e-38. */
function denormals({ shape, data }: Array64, name: string): Array64 {
  const stream = rootStream(0).fork('denormals').fork(name);
  const one = (): number => Math.fround((stream.uniform() < 0.5 ? -1 : 1) * 10 ** (-45 + 5 * stream.uniform()));
  return { shape, data: Float64Array.from(data, one) };
}

const ofDenormals = (opCase: OpCase): OpCase => ({ ...opCase, inputs: mapValues(opCase.inputs, denormals) });

/**
 * 320 of the smallest steps that float32 knows (4.5e-43), because a mean is rounded to one and a normalisation magnifies that by
 * 1 / sqrt(1e-5) = 316; and the rounding of results that are not denormal themselves.
 */
const tolerance = (largest: number): number => 320 * 2 ** -149 + 2 ** -18 * largest;

describe('denormal inputs on wasm', () => {
  beforeAll(() => useBackend('wasm'));

  for (const { op, implementations, cases } of opSuites.filter((suite) => suite.implementations.includes('wasm'))) {
    for (const implementation of implementations.filter((name) => name === 'wasm')) {
      it(`${op}: the value of the reference, a finite gradient`, async () => {
        const opCase = ofDenormals(cases[0]);
        const wanted = opCase.reference(opCase.inputs);
        tf.engine().startScope('denormals');
        const got = await valuesOf(opCase.evaluate(tensorsOf(opCase.inputs), implementation));
        const slopes = await valuesOf(
          opGradients(
            tensorsOf(opCase.inputs),
            (inputs) => opCase.evaluate(inputs, implementation),
            outputWeights(wanted),
          ),
        );
        tf.engine().endScope();
        for (const [name, { data }] of Object.entries(wanted)) {
          const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
          const worst = data.reduce((most, value, i) => Math.max(most, Math.abs(value - got[name][i])), 0);
          expect(worst, name).toBeLessThanOrEqual(tolerance(largest));
          expect(got[name].every(Number.isFinite), name).toBe(true);
        }
        for (const [name, values] of Object.entries(slopes)) expect(values.every(Number.isFinite), name).toBe(true);
      });
    }
  }
});
