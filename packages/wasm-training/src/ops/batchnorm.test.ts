import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
// Registers tfjs's gradients.
import '@tensorflow/tfjs-layers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { batchNormReluTraining, batchNormTraining, registerTrainingKernels } from '../index.js';
import { generatedValues } from '../testing/values.js';

const eps = 1e-5;
let tensorsBefore = 0;

beforeEach(async () => {
  await tf.setBackend('wasm');
  await registerTrainingKernels();
  tensorsBefore = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

const values = (tensor: tf.Tensor): number[] => Array.from(tensor.dataSync());

/** The definition, in float64. */
function reference(
  x: ArrayLike<number>,
  channels: number,
  gamma: ArrayLike<number>,
  beta: ArrayLike<number>,
  dy: ArrayLike<number>,
  relu: boolean,
) {
  const rows = x.length / channels;
  const result = {
    y: [] as number[],
    dx: [] as number[],
    mean: [] as number[],
    variance: [] as number[],
    dgamma: [] as number[],
    dbeta: [] as number[],
  };
  for (let c = 0; c < channels; c++) {
    const column = Array.from({ length: rows }, (_, r) => x[r * channels + c]);
    const mean = column.reduce((sum, v) => sum + v, 0) / rows;
    const variance = column.reduce((sum, v) => sum + (v - mean) ** 2, 0) / rows;
    const rate = 1 / Math.sqrt(variance + eps);
    const xhat = column.map((v) => (v - mean) * rate);
    const y = xhat.map((v) => v * gamma[c] + beta[c]);
    const g = y.map((v, r) => (relu && v <= 0 ? 0 : dy[r * channels + c]));
    const dbeta = g.reduce((sum, v) => sum + v, 0);
    const dgamma = g.reduce((sum, v, r) => sum + v * xhat[r], 0);
    result.mean[c] = mean;
    result.variance[c] = variance;
    result.dbeta[c] = dbeta;
    result.dgamma[c] = dgamma;
    for (let r = 0; r < rows; r++) {
      result.y[r * channels + c] = relu ? Math.max(y[r], 0) : y[r];
      result.dx[r * channels + c] = gamma[c] * rate * (g[r] - dbeta / rows - (xhat[r] * dgamma) / rows);
    }
  }
  return result;
}

function largestError(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  scale = Math.max(...Array.from(expected, Math.abs)),
): number {
  return Math.max(...Array.from(expected, (want, i) => Math.abs(actual[i] - want))) / scale;
}

describe('batchNormTraining', () => {
  it('centres two rows to plus and minus one', () => {
    tf.tidy(() => {
      const { y, mean, variance } = batchNormTraining(tf.tensor2d([1, 10, 3, 30], [2, 2]), null, null, 0);
      expect(values(y)).toEqual([-1, -1, 1, 1]);
      expect(values(mean)).toEqual([2, 20]);
      expect(values(variance)).toEqual([1, 100]);
    });
  });

  it('gives beta for a constant batch, whatever the constant', () => {
    tf.tidy(() => {
      const { y, variance } = batchNormTraining(
        tf.fill([1000, 5], 12345.678),
        tf.tensor1d([2, 2, 2, 2, 2]),
        tf.tensor1d([1, 2, 3, 4, 5]),
        eps,
      );
      expect(values(variance)).toEqual([0, 0, 0, 0, 0]);
      expect(values(tf.slice(y, [999, 0], [1, 5]))).toEqual([1, 2, 3, 4, 5]);
    });
  });

  it('keeps the variance of values far from zero', () => {
    tf.tidy(() => {
      const noise = generatedValues(4096 * 3, 1, [-1, 1]);
      const x = noise.map((v) => 10_000 + v);
      const want = reference(x, 3, [1, 1, 1], [0, 0, 0], noise, false);
      expect(
        largestError(values(batchNormTraining(tf.tensor(x, [4096, 3]), null, null, eps).variance), want.variance),
      ).toBeLessThan(1e-6);
    });
  });

  const shapes = [
    [2, 1],
    [3, 4],
    [7, 19],
    [64, 32],
    [5, 3, 2, 21],
    [3, 9, 8, 32],
    [300, 5],
    [40, 600],
  ];
  describe.each([false, true])('relu %s', (relu) => {
    it.each(shapes.map((shape) => [shape]))('agrees with its definition in float64: [%s]', (shape) => {
      const normalise = relu ? batchNormReluTraining : batchNormTraining;
      const channels = shape[shape.length - 1];
      const size = shape.reduce((a, b) => a * b, 1);
      const [x, dy] = [generatedValues(size, 1, [-2, 3]), generatedValues(size, 2)];
      const [gamma, beta] = [generatedValues(channels, 3, [0.5, 2]), generatedValues(channels, 4)];
      const want = reference(x, channels, gamma, beta, dy, relu);
      tf.tidy(() => {
        const f = (a: tf.Tensor, g: tf.Tensor, b: tf.Tensor) => normalise(a, g as tf.Tensor1D, b as tf.Tensor1D, eps).y;
        const inputs: [tf.Tensor, tf.Tensor, tf.Tensor] = [tf.tensor(x, shape), tf.tensor1d(gamma), tf.tensor1d(beta)];
        const got = normalise(inputs[0], inputs[1] as tf.Tensor1D, inputs[2] as tf.Tensor1D, eps);
        expect(largestError(values(got.y), want.y)).toBeLessThan(1e-6);
        expect(largestError(values(got.mean), want.mean)).toBeLessThan(1e-6);
        expect(largestError(values(got.variance), want.variance)).toBeLessThan(1e-6);
        const [dx, dgamma, dbeta] = tf.grads((a, g, b) => f(a, g, b))(inputs, tf.tensor(dy, shape));
        // The gradient is a difference; its terms set the scale (for two rows nearly nothing remains of them).
        const terms = Math.max(...Array.from(want.variance, (variance, c) => gamma[c] / Math.sqrt(variance + eps)));
        expect(largestError(values(dx), want.dx, terms)).toBeLessThan(1e-6);
        expect(largestError(values(dgamma), want.dgamma)).toBeLessThan(2e-6);
        expect(largestError(values(dbeta), want.dbeta)).toBeLessThan(2e-6);
      });
    });
  });

  it('differentiates through mean and variance', () => {
    tf.tidy(() => {
      // d/dx of sum(3 mean + 5 variance) over two rows: 3/2 + 5 (x - mean).
      const gradient = tf.grad((x) => {
        const { mean, variance } = batchNormTraining(x, null, null, eps);
        return tf.sum(tf.add(tf.mul(mean, 3), tf.mul(variance, 5)));
      })(tf.tensor2d([1, 3], [2, 1]));
      expect(values(gradient)).toEqual([1.5 - 5, 1.5 + 5]);
    });
  });

  it('passes NaN and Infinity on to their channel only', () => {
    tf.tidy(() => {
      const { y } = batchNormReluTraining(tf.tensor2d([1, NaN, 3, 2, 5, 4], [2, 3]), null, null, eps);
      expect(values(y).map(Number.isNaN)).toEqual([false, true, false, false, true, false]);
      const infinite = batchNormReluTraining(tf.tensor2d([1, Infinity, 3, 2, 5, 4], [2, 3]), null, null, eps);
      expect(values(infinite.y).map(Number.isNaN)).toEqual([false, true, false, false, true, false]);
    });
  });

  it('says what is wrong with its arguments', () => {
    tf.tidy(() => {
      expect(() => batchNormTraining(tf.zeros([0, 3]), null, null, eps)).toThrow(
        'batchNormTraining: x, got shape [0,3], wanted [N, D] or [N, H, W, D] with no empty axis',
      );
      expect(() => batchNormTraining(tf.zeros([2, 3]), tf.zeros([2]), null, eps)).toThrow(
        'batchNormTraining: gamma, got shape [2], wanted [3] as in x',
      );
    });
  });

  it('asks for its kernels on another backend', async () => {
    await tf.setBackend('cpu');
    tf.tidy(() => {
      expect(() => batchNormTraining(tf.zeros([2, 3]), null, null, eps)).toThrow('await registerTrainingKernels()');
    });
  });
});
