import { tf, useBackend } from '@jembench/core';
import { agreement, type KernelRow } from '@jembench/harness';
import { describe, expect, it } from 'vitest';
import { convnet } from './convnet.js';
import { endToEndInputs, name as endToEnd } from './end-to-end-inputs.js';
import { endToEndReference } from './end-to-end-reference.js';
import { stepRow, trainingBenchmarks } from './index.js';
import { stepInputs, type StepInputs } from './inputs.js';
import { Tape } from './tape.js';
import { vicregLoss } from './vicreg-loss.js';
import { vit } from './vit.js';

const shape = { N: 4, H: 8, W: 8, C: 3 };
const small = { N: 8, H: 8, W: 8, C: 3 };

describe.each(['wasm', 'cpu'] as const)('training steps on %s', (name) => {
  it('agree with their float64 definitions, learn, and leave nothing', async () => {
    const backend = await useBackend(name);
    for (const declaration of trainingBenchmarks(backend).filter(({ kernel }) => kernel !== endToEnd)) {
      const inputs = declaration.inputs(shape);
      const reference = declaration.reference(inputs);
      const [ours] = declaration.implementations;
      const before = tf.memory().numTensors;
      const body = ours.open(inputs);
      const first = await body.outputs();
      const { failure, error } = agreement(first, reference, declaration.tolerance(shape));
      expect(failure, declaration.kernel).toBeNull();
      expect(error).toBeGreaterThan(declaration.tolerance(shape) / 1000);
      const use = await body.use?.();
      expect(use?.launches).toBeGreaterThan(10);
      expect(use?.allocatedBytes).toBeGreaterThan(1000);
      const during = tf.memory().numTensors;
      for (let i = 0; i < 2; i++) await body.step();
      expect(tf.memory().numTensors).toBe(during);
      const later = await body.outputs();
      expect(later.loss[0]).toBeLessThan(first.loss[0]);
      body.close();
      expect(tf.memory().numTensors).toBe(before);
    }
  });
});

describe('VICReg end to end', () => {
  it('agrees with its float64 definition, goes on step by step, and leaves nothing', async () => {
    const backend = await useBackend('wasm');
    const declaration = trainingBenchmarks(backend).find(({ kernel }) => kernel === endToEnd);
    const inputs = endToEndInputs(small);
    const [ours] = declaration?.implementations ?? [];
    const before = tf.memory().numTensors;
    const body = ours.open(inputs);
    const outputs = await body.outputs();
    const { failure, error } = agreement(
      outputs,
      declaration?.reference(inputs) ?? {},
      declaration?.tolerance(small) ?? 0,
    );
    expect(failure).toBeNull();
    expect(error).toBeGreaterThan(1e-8);
    expect((await body.use?.())?.launches).toBeGreaterThan(100);
    const during = tf.memory().numTensors;
    for (let i = 0; i < 2; i++) await body.step();
    expect(tf.memory().numTensors).toBe(during);
    body.close();
    await new Promise((resolve) => setTimeout(resolve));
    expect(tf.memory().numTensors).toBe(before);
  });
});

it('the float64 definition of VICReg end to end has the slopes of its own finite differences', () => {
  const inputs = endToEndInputs(small, { hidden: 32, dim: 16 });
  const { gradient } = endToEndReference(inputs);
  hasItsSlopes(inputs.weights, convnet.checked, gradient, (weights) => endToEndReference({ ...inputs, weights }).loss);
});

it('the float64 loss of VICReg is that of the embeddings that one can add up by hand', () => {
  const tape = new Tape();
  // Two rows: variance 2 a column in a, none in b; both columns of a are the same, so that each C_jk is 2.
  const a = tape.weight([1, 1, -1, -1], 2, 2);
  const b = tape.weight([0, 0, 0, 0], 2, 2);
  const loss = vicregLoss(tape, a, b, { invariance: 3, variance: 5, covariance: 7 });
  tape.differentiate(loss);
  // Invariance 1; no hinge for a, (1 - 0.01) / 2 for b; covariance (4 + 4) / 2 of a.
  expect(loss.data[0]).toBeCloseTo(3 * 1 + (5 * 0.99) / 2 + 7 * 4, 12);
  // Of the first entry of b: 3 * 2 (b - a) / 4. In a: 3 * 2 (a - b) / 4 + 7 * 4 x C / (D (N - 1)).
  expect(b.slope?.[0]).toBeCloseTo(-1.5, 12);
  expect(a.slope?.[0]).toBeCloseTo(1.5 + 7 * ((4 * 1 * 2) / 2), 12);
});

describe.each([convnet, vit])('the float64 definition of $name', (architecture) => {
  it('has the slopes of its own finite differences', () => {
    const inputs = stepInputs(architecture.name, shape, architecture.features, architecture.weights(shape));
    const { gradient } = architecture.reference(inputs);
    hasItsSlopes(
      inputs.weights,
      architecture.checked,
      gradient,
      (weights) => architecture.reference({ ...inputs, weights } satisfies StepInputs).loss,
    );
  });
});

/** Checks some values of the gradient by one weight against the loss a little to both sides. */
function hasItsSlopes(
  weights: StepInputs['weights'],
  checked: string,
  gradient: Float64Array,
  lossAt: (weights: StepInputs['weights']) => number,
): void {
  const { data } = weights[checked];
  // Float32 inputs: steps of a power of two are exact.
  const h = 2 ** -18;
  const moved = (place: number, by: number): number => {
    const changed = data.slice();
    changed[place] = Math.fround(changed[place] + by);
    return lossAt({ ...weights, [checked]: { ...weights[checked], data: changed } });
  };
  const largest = gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (const place of [0, 7, 100, data.length - 1]) {
    const width = Math.fround(data[place] + h) - Math.fround(data[place] - h);
    const difference = (moved(place, h) - moved(place, -h)) / width;
    expect(Math.abs(difference - gradient[place])).toBeLessThan(1e-3 * largest);
  }
}

it('a row of a step has its images a second', () => {
  const row = {
    ...{ schema: 1, host: 'node', backend: 'wasm', build: 'b', threads: 1, command: '', commit: '', status: 'ok' },
    fingerprint: {
      ...{ cpu: 'c', cores: 2, os: 'o', arch: 'a', runtime: 'r', backend: 'wasm', build: 'b', adapter: null },
      ...{ driver: null, software: false, flags: {}, isolated: null },
    },
    ...{ kind: 'kernel', kernel: 'convnet', pass: 'forward-backward', implementation: 'trainers', shape },
    ...{ ms: 2, low: 1, high: 3, gflops: 1, gbps: 1, shareOfCeiling: null, bytes: 1 },
  } as const satisfies KernelRow;
  expect(stepRow(row)).toMatchObject({ kind: 'step', step: 'convnet', imagesPerSecond: 2000, ms: 2 });
});
