import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
// Registers tfjs's gradients.
import '@tensorflow/tfjs-layers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { attention, gelu, layerNormTraining, packedAttention, registerTrainingKernels } from '../index.js';
import { generatedValues } from '../testing/values.js';

let tensorsBefore = 0;
const values = (tensor: tf.Tensor): number[] => Array.from(tensor.dataSync());
const random = (shape: number[], seed: number): tf.Tensor =>
  tf.tensor(
    generatedValues(
      shape.reduce((a, b) => a * b, 1),
      seed,
      [-2, 2],
    ),
    shape,
  );

function largestError(actual: tf.Tensor, expected: tf.Tensor): number {
  expect(actual.shape).toEqual(expected.shape);
  const want = values(expected);
  const scale = Math.max(...want.map(Math.abs));
  return Math.max(...values(actual).map((got, i) => Math.abs(got - want[i]))) / scale;
}

beforeEach(async () => {
  await tf.setBackend('wasm');
  await registerTrainingKernels();
  tensorsBefore = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

describe('layerNormTraining', () => {
  const composed = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor): tf.Tensor => {
    const { mean, variance } = tf.moments(x, -1, true);
    return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5))), gamma), beta);
  };

  it('centres a row of two to plus and minus one', () => {
    tf.tidy(() => {
      expect(values(layerNormTraining(tf.tensor2d([3, 7, -1, 1], [2, 2]), null, null, 0))).toEqual([-1, 1, -1, 1]);
    });
  });

  it('gives beta for a constant row', () => {
    tf.tidy(() => {
      expect(
        values(layerNormTraining(tf.fill([1, 300], 123.456), null, tf.fill([300], 0.5), 1e-5)).every(
          (value) => value === 0.5,
        ),
      ).toBe(true);
    });
  });

  it.each([[[3, 8]], [[2, 5, 33]], [[130, 6]], [[4, 1]], [[2, 3, 4, 128]]])(
    'agrees with its composed form and gradient: %j',
    (shape) => {
      const width = shape[shape.length - 1];
      tf.tidy(() => {
        const [x, gamma, beta, dy] = [random(shape, 1), random([width], 2), random([width], 3), random(shape, 4)];
        const fused = (a: tf.Tensor, g: tf.Tensor, b: tf.Tensor): tf.Tensor =>
          layerNormTraining(a, g as tf.Tensor1D, b as tf.Tensor1D, 1e-5);
        expect(largestError(fused(x, gamma, beta), composed(x, gamma, beta))).toBeLessThan(2e-6);
        const got = tf.grads(fused)([x, gamma, beta], dy);
        const want = tf.grads(composed)([x, gamma, beta], dy);
        // A row of one has gradient 0 by x.
        if (width > 1) expect(largestError(got[0], want[0])).toBeLessThan(4e-6);
        else expect(values(got[0]).every((value) => value === 0)).toBe(true);
        if (width > 1) expect(largestError(got[1], want[1])).toBeLessThan(4e-6);
        expect(largestError(got[2], want[2])).toBeLessThan(2e-6);
      });
    },
  );

  it('keeps NaN in its row', () => {
    tf.tidy(() => {
      expect(
        values(layerNormTraining(tf.tensor2d([NaN, 1, 2, 3, 4, 5], [2, 3]), null, null, 1e-5)).map(Number.isNaN),
      ).toEqual([true, true, true, false, false, false]);
    });
  });
});

describe('gelu', () => {
  it('is 0 at 0, x far right, 0 far left', () => {
    tf.tidy(() => {
      expect(values(gelu(tf.tensor1d([0, 20, -20, Infinity, -Infinity])))).toEqual([0, 20, -0, Infinity, -0]);
      expect(values(gelu(tf.tensor1d([NaN]))).map(Number.isNaN)).toEqual([true]);
    });
  });

  it('takes x Phi(x) from a table', () => {
    // Phi(1) = 0.8413447460685429, Phi(-2) = 0.022750131948179195, Phi(-5) = 2.866515718791933e-7.
    tf.tidy(() => {
      const [atOne, atMinusTwo, atMinusFive] = values(gelu(tf.tensor1d([1, -2, -5])));
      expect(Math.abs(atOne / 0.8413447460685429 - 1)).toBeLessThan(2e-7);
      expect(Math.abs(atMinusTwo / -0.04550026389635839 - 1)).toBeLessThan(1e-6);
      expect(Math.abs(atMinusFive / -1.4332578593959665e-6 - 1)).toBeLessThan(4e-6);
    });
  });

  it('has the slope Phi(x) + x phi(x)', () => {
    tf.tidy(() => {
      const x = tf.tensor1d(generatedValues(1003, 1, [-6, 6]));
      const dy = tf.tensor1d(generatedValues(1003, 2));
      const composed = (a: tf.Tensor): tf.Tensor => tf.mul(tf.mul(a, 0.5), tf.add(1, tf.erf(tf.mul(a, Math.SQRT1_2))));
      expect(largestError(gelu(x), composed(x))).toBeLessThan(1e-6);
      expect(largestError(tf.grad((a) => gelu(a))(x, dy), tf.grad(composed)(x, dy))).toBeLessThan(1e-6);
      expect(values(tf.grad((a) => gelu(a))(tf.tensor1d([Infinity, -Infinity, 0])))).toEqual([1, 0, 0.5]);
    });
  });
});

describe('attention', () => {
  const composed = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, heads: number): tf.Tensor => {
    const [batch, , width] = q.shape;
    const split = (x: tf.Tensor): tf.Tensor =>
      tf.transpose(tf.reshape(x, [batch, x.shape[1] ?? 0, heads, width / heads]), [0, 2, 1, 3]);
    const scores = tf.mul(tf.matMul(split(q), split(k), false, true), 1 / Math.sqrt(width / heads));
    const out = tf.matMul(tf.softmax(scores), split(v));
    return tf.reshape(tf.transpose(out, [0, 2, 1, 3]), q.shape);
  };

  it('averages the values where all keys are the same', () => {
    tf.tidy(() => {
      const out = attention(
        random([1, 2, 2], 1) as tf.Tensor3D,
        tf.ones([1, 2, 2]),
        tf.tensor3d([1, 2, 3, 6], [1, 2, 2]),
        1,
      );
      expect(values(out)).toEqual([2, 4, 2, 4]);
    });
  });

  it.each([
    [2, 5, 5, 8, 2],
    [3, 7, 4, 12, 3],
    [1, 1, 9, 6, 1],
    [2, 64, 64, 32, 4],
  ])(
    'agrees with its composed form and gradient: batch %i, queries %i, keys %i, width %i, heads %i',
    (batch, queries, keys, width, heads) => {
      tf.tidy(() => {
        const [q, k, v, dy] = [
          random([batch, queries, width], 1),
          random([batch, keys, width], 2),
          random([batch, keys, width], 3),
          random([batch, queries, width], 4),
        ];
        const fused = (a: tf.Tensor, b: tf.Tensor, c: tf.Tensor): tf.Tensor =>
          attention(a as tf.Tensor3D, b as tf.Tensor3D, c as tf.Tensor3D, heads);
        const plain = (a: tf.Tensor, b: tf.Tensor, c: tf.Tensor): tf.Tensor => composed(a, b, c, heads);
        expect(largestError(fused(q, k, v), plain(q, k, v))).toBeLessThan(2e-6);
        const want = tf.grads(plain)([q, k, v], dy);
        tf.grads(fused)([q, k, v], dy).forEach((gradient, i) => {
          expect(largestError(gradient, want[i])).toBeLessThan(4e-6);
        });
      });
    },
  );

  it('gives the same bits from a packed projection', () => {
    tf.tidy(() => {
      const parts = [1, 2, 3].map((seed) => random([2, 6, 8], seed) as tf.Tensor3D);
      const qkv = tf.concat(parts, 2);
      const dy = random([2, 6, 8], 4);
      expect(values(packedAttention(qkv, 2))).toEqual(values(attention(parts[0], parts[1], parts[2], 2)));
      const separate = tf.grads((a, b, c) => attention(a as tf.Tensor3D, b as tf.Tensor3D, c as tf.Tensor3D, 2))(
        parts,
        dy,
      );
      expect(values(tf.grad((a) => packedAttention(a as tf.Tensor3D, 2))(qkv, dy))).toEqual(
        values(tf.concat(separate, 2)),
      );
    });
  });

  it('says what is wrong with its arguments', () => {
    tf.tidy(() => {
      expect(() => attention(tf.zeros([1, 2, 6]), tf.zeros([1, 2, 6]), tf.zeros([1, 2, 6]), 4)).toThrow(
        'attention: heads, got 4, wanted a divisor of 6',
      );
      expect(() => attention(tf.zeros([1, 2, 6]), tf.zeros([1, 3, 6]), tf.zeros([1, 2, 6]), 2)).toThrow(
        'attention: v, got shape [1,2,6], wanted [1,3,6]',
      );
      expect(() => packedAttention(tf.zeros([1, 2, 12]), 3)).toThrow(
        'packedAttention: qkv, got width 12, wanted a multiple of 3 x 3 heads',
      );
    });
  });
});

describe('gradients of relu and softmax', () => {
  it('are those of tfjs, in one pass', () => {
    tf.tidy(() => {
      const [x, dy] = [random([5, 7], 1), random([5, 7], 2)];
      const y = tf.softmax(x);
      const product = tf.mul(dy, y);
      expect(
        largestError(tf.grad((a) => tf.softmax(a))(x, dy), tf.sub(product, tf.mul(y, tf.sum(product, 1, true)))),
      ).toBeLessThan(1e-6);
      expect(values(tf.grad((a) => tf.relu(a))(tf.tensor1d([-1, 0, 2, NaN]), tf.tensor1d([3, 4, 5, 6])))).toEqual([
        0, 0, 5, 6,
      ]);
    });
  });

  it('still work on the cpu backend', async () => {
    await tf.setBackend('cpu');
    tf.tidy(() => {
      expect(values(tf.grad((a) => tf.relu(a))(tf.tensor1d([-1, 0, 2])))).toEqual([0, 0, 1]);
      expect(
        largestError(
          tf.grad((a) => tf.softmax(a))(tf.tensor1d([0, 0]), tf.tensor1d([1, 0])),
          tf.tensor1d([0.25, -0.25]),
        ),
      ).toBeLessThan(1e-6);
    });
    await tf.setBackend('wasm');
  });
});
