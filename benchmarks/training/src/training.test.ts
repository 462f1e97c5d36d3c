import { tf, useBackend } from '@jembench/core';
import { agreement, type KernelRow } from '@jembench/harness';
import { describe, expect, it } from 'vitest';
import { convnet } from './convnet.js';
import { stepRow, trainingBenchmarks } from './index.js';
import { stepInputs, type StepInputs } from './inputs.js';
import { vit } from './vit.js';

const shape = { N: 4, H: 8, W: 8, C: 3 };

describe.each(['wasm', 'cpu'] as const)('training steps on %s', (name) => {
  it('agree with their float64 definitions, learn, and leave nothing', async () => {
    const backend = await useBackend(name);
    for (const declaration of trainingBenchmarks(backend)) {
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

describe.each([convnet, vit])('the float64 definition of $name', (architecture) => {
  it('has the slopes of its own finite differences', () => {
    const inputs = stepInputs(architecture.name, shape, architecture.features, architecture.weights(shape));
    const { gradient } = architecture.reference(inputs);
    const { data } = inputs.weights[architecture.checked];
    // Float32 inputs: steps of a power of two are exact.
    const h = 2 ** -18;
    const moved = (place: number, by: number): number => {
      const changed = data.slice();
      changed[place] = Math.fround(changed[place] + by);
      const weights = {
        ...inputs.weights,
        [architecture.checked]: { ...inputs.weights[architecture.checked], data: changed },
      };
      return architecture.reference({ ...inputs, weights } satisfies StepInputs).loss;
    };
    const largest = gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (const place of [0, 7, 100, data.length - 1]) {
      const width = Math.fround(data[place] + h) - Math.fround(data[place] - h);
      const difference = (moved(place, h) - moved(place, -h)) / width;
      expect(Math.abs(difference - gradient[place])).toBeLessThan(1e-3 * largest);
    }
  });
});

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
