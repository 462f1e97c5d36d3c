import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
// Registers tfjs's gradients.
import '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import {
  contrast,
  crossEntropy,
  l2Normalise,
  logSoftargmax,
  registerTrainingKernels,
  softargmax,
  varianceHinge,
} from '../index.js';
import { generatedValues } from '../testing/values.js';

const batches = fc.record({
  rows: fc.integer({ min: 2, max: 12 }),
  columns: fc.integer({ min: 1, max: 40 }),
  seed: fc.integer({ min: 1, max: 1000 }),
});

const matrix = (data: ArrayLike<number>, columns: number): tf.Tensor2D =>
  tf.tensor2d(Float32Array.from(data), [data.length / columns, columns]);

/** One row of scores as a distribution, float64. */
function distribution(row: Float32Array, temperature: number): Float64Array {
  const most = row.reduce((a, b) => Math.max(a, b), -Infinity);
  const e = Float64Array.from(row, (value) => Math.exp((value - most) / temperature));
  const sum = e.reduce((a, b) => a + b, 0);
  return e.map((value) => value / sum);
}

const distributions = (z: Float32Array, columns: number, temperature: number): Float64Array =>
  Float64Array.from(
    Array.from({ length: z.length / columns }, (_, n) =>
      Array.from(distribution(z.subarray(n * columns, (n + 1) * columns), temperature)),
    ).flat(),
  );

function largestError(got: tf.Tensor, want: ArrayLike<number>): number {
  return Array.from(got.dataSync()).reduce((worst, value, i) => Math.max(worst, Math.abs(value - want[i])), 0);
}

let tensorsBefore = 0;
beforeEach(() => {
  tensorsBefore = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

describe.each(['relaxed', 'simd'] as const)('rows of any batch, %s', (build) => {
  beforeAll(async () => {
    await tf.setBackend('wasm');
    await registerTrainingKernels({ build });
  });

  const forAll = (property: (batch: { rows: number; columns: number; seed: number }, t: number) => void): void => {
    fc.assert(
      fc.property(batches, fc.constantFrom(0.04, 0.5, 1, 20), (batch, temperature) => {
        tf.tidy(() => {
          property(batch, temperature);
        });
      }),
      { numRuns: 60, seed: 1 },
    );
  };

  it('softargmax, its logarithm and the cross-entropy, with their gradients', () => {
    forAll(({ rows, columns, seed }, temperature) => {
      const z = generatedValues(rows * columns, seed);
      const [q, dy] = [generatedValues(z.length, seed + 1, [0, 1]), generatedValues(z.length, seed + 2)];
      const p = distributions(z, columns, temperature);
      // The rounding of score / temperature goes through the exponential.
      const allowed = 2e-6 + 2e-7 / temperature;
      const rowSum = (values: ArrayLike<number>, i: number): number => {
        const start = i - (i % columns);
        let sum = 0;
        for (let k = start; k < start + columns; k++) sum += values[k];
        return sum;
      };
      expect(largestError(softargmax(matrix(z, columns), temperature), p)).toBeLessThan(allowed);
      expect(largestError(logSoftargmax(matrix(z, columns), temperature), p.map(Math.log)) * temperature).toBeLessThan(
        allowed * Math.max(1, temperature) * 4,
      );
      const products = p.map((value, i) => value * dy[i]);
      const bySoft = p.map((value, i) => (value * (dy[i] - rowSum(products, i))) / temperature);
      const gradients = [softargmax, logSoftargmax].map((f) =>
        tf.grad((x) => f(x, temperature))(matrix(z, columns), matrix(dy, columns)),
      );
      expect(largestError(gradients[0], bySoft) * temperature).toBeLessThan(4 * allowed);
      const byLog = p.map((value, i) => (dy[i] - value * rowSum(dy, i)) / temperature);
      expect(largestError(gradients[1], byLog) * temperature).toBeLessThan(4 * allowed * columns);
      const loss = q.reduce((sum, value, i) => sum - value * Math.log(p[i]), 0) / rows;
      const { value, grad } = tf.valueAndGrad((x) => crossEntropy(matrix(q, columns), x as tf.Tensor2D, temperature))(
        matrix(z, columns),
      );
      expect(Math.abs(value.dataSync()[0] - loss) / (1 + Math.abs(loss))).toBeLessThan(allowed);
      const byScores = p.map((share, i) => (share * rowSum(q, i) - q[i]) / (temperature * rows));
      expect(largestError(grad, byScores) * temperature).toBeLessThan(4 * allowed * columns);
    });
  });

  it('unit rows', () => {
    forAll(({ rows, columns, seed }) => {
      const z = generatedValues(rows * columns, seed);
      const y = l2Normalise(matrix(z, columns), 1e-24).dataSync();
      for (let n = 0; n < rows; n++) {
        const row = Array.from(y.subarray(n * columns, (n + 1) * columns));
        expect(Math.abs(row.reduce((sum, value) => sum + value ** 2, 0) - 1)).toBeLessThan(1e-6);
        // A gradient along the row vanishes.
        expect(Math.sign(row[0])).toBe(Math.sign(z[n * columns]));
      }
      const along = tf.grad((x) => l2Normalise(x, 1e-24))(matrix(z, columns), matrix(y, columns));
      const shortest = Math.min(...Array.from({ length: rows }, (_, n) => Math.hypot(...z.subarray(n * columns, (n + 1) * columns)))); // prettier-ignore
      expect(largestError(along, new Float64Array(z.length)) * shortest).toBeLessThan(1e-6);
    });
  });

  it('the variance hinge', () => {
    forAll(({ rows, columns, seed }) => {
      const z = generatedValues(rows * columns, seed);
      let hinge = 0;
      for (let j = 0; j < columns; j++) {
        const column = Float64Array.from({ length: rows }, (_, n) => z[n * columns + j]);
        const mean = column.reduce((a, b) => a + b, 0) / rows;
        const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (rows - 1);
        hinge += Math.max(0, 1 - Math.sqrt(variance + 1e-4)) / columns;
      }
      const options = { centred: true, ddof: 1, gamma: 1, eps: 1e-4, spread: 'std' } as const;
      expect(largestError(varianceHinge(matrix(z, columns), options), [hinge])).toBeLessThan(1e-6);
    });
  });

  it('the contrast of two views', () => {
    forAll(({ rows, columns, seed }, temperature) => {
      const z = l2Normalise(matrix(generatedValues(2 * rows * columns, seed), columns), 1e-24);
      const cosines = tf.matMul(z, z, false, true).dataSync();
      let total = 0;
      for (let i = 0; i < 2 * rows; i++) {
        const positive = cosines[i * 2 * rows + ((i + rows) % (2 * rows))];
        let sum = 0;
        for (let j = 0; j < 2 * rows; j++) {
          if (j !== i) sum += Math.exp((cosines[i * 2 * rows + j] - positive) / temperature);
        }
        total += Math.log(sum) / (2 * rows);
      }
      expect(largestError(contrast(z, temperature).total, [total])).toBeLessThan(2e-6 + 1e-6 / temperature);
    });
  });

  it('shows what is not finite', () => {
    tf.tidy(() => {
      for (const place of [0, 9, 27]) {
        const z = generatedValues(28, 3);
        z[place] = NaN;
        const bad = matrix(z, 7);
        const results = [
          softargmax(bad, 1),
          logSoftargmax(bad, 1),
          crossEntropy(matrix(generatedValues(28, 4), 7), bad, 1),
          crossEntropy(bad, matrix(generatedValues(28, 4), 7), 1),
          l2Normalise(bad, 1e-24),
          varianceHinge(bad, { centred: true, ddof: 1, gamma: 1, eps: 1e-4, spread: 'std' }),
          contrast(bad, 1).total,
        ];
        for (const result of results) expect(Array.from(result.dataSync()).some(Number.isNaN)).toBe(true);
      }
    });
  });

  it('says what is wrong with its arguments', () => {
    tf.tidy(() => {
      expect(() => softargmax(tf.zeros([0, 3]), 1)).toThrow('softargmax: z, got float32 of shape [0,3]');
      expect(() => logSoftargmax(tf.zeros([2, 3]), 0)).toThrow('logSoftargmax: temperature, got 0');
      expect(() => crossEntropy(tf.zeros([2, 3]), tf.zeros([2, 4]), 1)).toThrow('wanted float32 [2,4] as scores');
      expect(() => l2Normalise(tf.zeros([2, 3]), 0)).toThrow('l2Normalise: smallestSquare, got 0');
      expect(() => contrast(tf.zeros([5, 3]), 1)).toThrow('contrast: z, got 5 rows, wanted two of every image');
    });
  });
});
