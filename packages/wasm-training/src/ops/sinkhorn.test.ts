import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
// Registers tfjs's gradients.
import '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { registerTrainingKernels, sinkhorn, type Sinkhorn } from '../index.js';
import { sinkhorn64 } from '../testing/float64.js';
import { generatedValues } from '../testing/values.js';

const shapes = fc.record({
  N: fc.integer({ min: 1, max: 70 }),
  K: fc.integer({ min: 1, max: 40 }),
  seed: fc.integer({ min: 1, max: 1000 }),
});
const iterationCounts = fc.constantFrom(0, 1, 2, 3, 10);

let tensorsBefore = 0;
beforeEach(() => {
  tensorsBefore = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

describe.each(['relaxed', 'simd'] as const)('sinkhorn, %s', (build) => {
  beforeAll(async () => {
    await tf.setBackend('wasm');
    await registerTrainingKernels({ build });
  });

  const assign = (scores: Float32Array, K: number, options: Sinkhorn): Float32Array =>
    tf.tidy(() => Float32Array.from(sinkhorn(tf.tensor2d(scores, [scores.length / K, K]), options).dataSync()));

  it('agrees with float64 at any size and epsilon, in whichever domain can', () => {
    fc.assert(
      fc.property(
        shapes,
        iterationCounts,
        fc.constantFrom(1e-3, 0.01, 0.05, 1, 1e4),
        fc.constantFrom('auto', 'plain', 'log'),
        ({ N, K, seed }, iterations, epsilon, wanted) => {
          const domain = wanted === 'plain' && 2 / epsilon > 40.5 ? 'auto' : wanted;
          const scores = generatedValues(N * K, seed);
          const q = assign(scores, K, { epsilon, iterations, domain });
          const exact = sinkhorn64({ data: scores, columns: K }, epsilon, iterations);
          const largest = exact.reduce((most, value) => Math.max(most, value), 0);
          const worst = q.reduce((most, value, i) => Math.max(most, Math.abs(value - exact[i])), 0);
          // The rounding of score / epsilon goes through the exponential; in the log domain that of every balance does, too.
          expect(worst / largest).toBeLessThan(2 ** -24 * (32 + 2 / epsilon));
        },
      ),
      { numRuns: 150, seed: 1 },
    );
  });

  it('gives every sample one assignment', () => {
    fc.assert(
      fc.property(shapes, fc.constantFrom(1e-3, 0.05), ({ N, K, seed }, epsilon) => {
        const q = assign(generatedValues(N * K, seed), K, { epsilon, iterations: 3, domain: 'auto' });
        for (let n = 0; n < N; n++) {
          const sum = q.subarray(n * K, (n + 1) * K).reduce((total, value) => total + value, 0);
          expect(Math.abs(sum - 1)).toBeLessThan(2e-6);
        }
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  it('does not lose digits where samples come in ascending order of their scores', () => {
    // Every row is a new top: what was added up is scaled down each time.
    const [N, K] = [300, 5];
    const scores = generatedValues(N * K, 9).map((value, i) => value / 4 + Math.floor(i / K) / N);
    const exact = sinkhorn64({ data: scores, columns: K }, 0.05, 3);
    for (const domain of ['plain', 'log'] as const) {
      const q = assign(scores, K, { epsilon: 0.05, iterations: 3, domain });
      expect(q.reduce((most, value, i) => Math.max(most, Math.abs(value - exact[i])), 0)).toBeLessThan(4e-6);
    }
  });

  it('shows what is not finite', () => {
    for (const domain of ['auto', 'plain', 'log'] as const) {
      for (const poison of [NaN, Infinity]) {
        for (const place of [0, 17, 34]) {
          const scores = generatedValues(35, 1);
          scores[place] = poison;
          expect(assign(scores, 7, { epsilon: 0.05, iterations: 3, domain }).some(Number.isNaN)).toBe(true);
        }
      }
    }
  });

  it('never assigns a score of -Infinity', () => {
    const q = assign(Float32Array.of(0, -Infinity, 0.1, 0.2), 2, { epsilon: 0.05, iterations: 3, domain: 'auto' });
    expect(q[1]).toBe(0);
    expect(q[0]).toBe(1);
  });

  it('sends zeros back as its gradient', () => {
    tf.tidy(() => {
      const gradient = tf.grad((s) =>
        tf.sum(sinkhorn(s as tf.Tensor2D, { epsilon: 0.05, iterations: 3, domain: 'auto' })),
      )(tf.tensor2d([1, 2, 3, 4], [2, 2]));
      expect(Array.from(gradient.dataSync())).toEqual([0, 0, 0, 0]);
    });
  });

  it('says what is wrong with its arguments', () => {
    tf.tidy(() => {
      const options = { epsilon: 0.05, iterations: 3, domain: 'auto' } as const;
      expect(() => sinkhorn(tf.zeros([0, 3]), options)).toThrow('sinkhorn: scores, got float32 of shape [0,3]');
      expect(() => sinkhorn(tf.zeros([2, 3]), { ...options, epsilon: 0 })).toThrow('sinkhorn: epsilon, got 0');
      expect(() => sinkhorn(tf.zeros([2, 3]), { ...options, iterations: 0.5 })).toThrow(
        'sinkhorn: iterations, got 0.5',
      );
    });
  });
});
