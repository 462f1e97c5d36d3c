import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { adamwUpdate, emaUpdate, larsUpdate, registerTrainingKernels, sgdUpdate } from '../index.js';
import { generatedValues } from '../testing/values.js';

let tensorsBefore = 0;
const values = (tensor: tf.Tensor): number[] => Array.from(tensor.dataSync());
const random = (count: number, seed: number): tf.Tensor1D => tf.tensor1d(generatedValues(count, seed));

function expectClose(actual: tf.Tensor, expected: readonly number[]): void {
  const got = values(actual);
  expect(got.length).toBe(expected.length);
  expected.forEach((want, i) => {
    expect(Math.abs(got[i] - want)).toBeLessThanOrEqual(2e-7 * Math.max(1, Math.abs(want)));
  });
}

beforeEach(async () => {
  await tf.setBackend('wasm');
  await registerTrainingKernels();
  tensorsBefore = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

describe('adamwUpdate', () => {
  it('moves by the learning rate at the first step, whatever the size of the gradient', () => {
    tf.tidy(() => {
      const options = { learningRate: 0.5, beta1: 0.9, beta2: 0.999, eps: 1e-12, weightDecay: 0, step: 1 };
      const { weight } = adamwUpdate(
        tf.tensor1d([1, 1]),
        tf.tensor1d([1e-3, -1e3]),
        tf.zeros([2]),
        tf.zeros([2]),
        options,
      );
      expectClose(weight, [0.5, 1.5]);
    });
  });

  it.each([1, 4, 7, 1001])('agrees with its formula in float64 for %i elements', (count) => {
    tf.tidy(() => {
      const options = { learningRate: 0.01, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0.1, step: 3 };
      const [w, g, m, v] = [random(count, 1), random(count, 2), random(count, 3), tf.abs(random(count, 4))];
      const got = adamwUpdate(w, g, m, v, options);
      const [ws, gs, ms, vs] = [w, g, m, v].map(values);
      const first = ms.map((old, i) => 0.9 * old + 0.1 * gs[i]);
      const second = vs.map((old, i) => 0.99 * old + 0.01 * gs[i] ** 2);
      const next = ws.map(
        (old, i) =>
          old * (1 - 0.001) - (0.01 * first[i]) / (1 - 0.9 ** 3) / (Math.sqrt(second[i] / (1 - 0.99 ** 3)) + 1e-8),
      );
      expectClose(got.first, first);
      expectClose(got.second, second);
      expectClose(got.weight, next);
    });
  });
});

describe('sgdUpdate', () => {
  const options = { learningRate: 0.1, momentum: 0.9, dampening: 0.5, nesterov: false, weightDecay: 0.01 };

  it('takes the gradient itself as the first momentum', () => {
    tf.tidy(() => {
      const got = sgdUpdate(tf.tensor1d([1, 2, 3, 4, 5]), tf.tensor1d([1, 1, 1, 1, 1]), null, {
        ...options,
        weightDecay: 0,
      });
      expectClose(got.momentum, [1, 1, 1, 1, 1]);
      expectClose(got.weight, [0.9, 1.9, 2.9, 3.9, 4.9]);
    });
  });

  it.each([false, true])('agrees with its formula in float64, nesterov %s', (nesterov) => {
    tf.tidy(() => {
      const [w, g, b] = [random(1003, 1), random(1003, 2), random(1003, 3)];
      const got = sgdUpdate(w, g, b, { ...options, nesterov });
      const [ws, gs, bs] = [w, g, b].map(values);
      const d = gs.map((value, i) => value + 0.01 * ws[i]);
      const momentum = bs.map((value, i) => 0.9 * value + 0.5 * d[i]);
      expectClose(got.momentum, momentum);
      expectClose(
        got.weight,
        ws.map((value, i) => value - 0.1 * (nesterov ? d[i] + 0.9 * momentum[i] : momentum[i])),
      );
    });
  });
});

describe('larsUpdate', () => {
  const options = { learningRate: 0.5, momentum: 0.9, weightDecay: 0.1, eta: 0.001 };

  it('takes a step in proportion to the size of the weight, not of the gradient', () => {
    tf.tidy(() => {
      // |w| = 5, |g| = 10: q = eta / 2.
      const got = larsUpdate(tf.tensor1d([3, 4]), tf.tensor1d([6, 8]), tf.zeros([2]), { ...options, weightDecay: 0 });
      expectClose(got.momentum, [0.003, 0.004]);
      expectClose(got.weight, [3 - 0.0015, 4 - 0.002]);
    });
  });

  it('agrees with its formula in float64', () => {
    tf.tidy(() => {
      const [w, g, b] = [random(777, 1), random(777, 2), random(777, 3)];
      const got = larsUpdate(w, g, b, options);
      const [ws, gs, bs] = [w, g, b].map(values);
      const norm = (x: number[]): number => Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
      const d = gs.map((value, i) => value + 0.1 * ws[i]);
      const q = (0.001 * norm(ws)) / norm(d);
      const momentum = bs.map((value, i) => 0.9 * value + q * d[i]);
      expectClose(got.momentum, momentum);
      expectClose(
        got.weight,
        ws.map((value, i) => value - 0.5 * momentum[i]),
      );
    });
  });

  it('does not scale a weight that is 0, and does not hide an infinite gradient', () => {
    tf.tidy(() => {
      expectClose(larsUpdate(tf.zeros([2]), tf.tensor1d([1, 2]), tf.zeros([2]), options).momentum, [1, 2]);
      expect(
        values(larsUpdate(tf.ones([2]), tf.tensor1d([1, Infinity]), tf.zeros([2]), options).weight).map(Number.isNaN),
      ).toEqual([true, true]);
    });
  });
});

describe('emaUpdate', () => {
  it('keeps equal weights as they are, and blends others', () => {
    tf.tidy(() => {
      const same = random(1001, 1);
      expect(values(emaUpdate(same, same, 0.996))).toEqual(values(same));
      expectClose(
        emaUpdate(tf.tensor1d([0, 1, 2, 3, 4]), tf.tensor1d([1, 1, 1, 1, 1]), 0.75),
        [0.25, 1, 1.75, 2.5, 3.25],
      );
    });
  });

  it('says what is wrong with its arguments', () => {
    tf.tidy(() => {
      expect(() => emaUpdate<tf.Tensor>(tf.zeros([2]), tf.zeros([3]), 0.9)).toThrow(
        'emaUpdate: online, got shape [3], wanted [2] as the weight',
      );
    });
  });
});
