/** Ends of what a number and a shape may be: denormal values, no rows, one row. */
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
// Registers tfjs's gradients.
import '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import {
  adamwUpdate,
  attention,
  contrast,
  emaUpdate,
  gelu,
  larsUpdate,
  layerNormTraining,
  packedAttention,
  redundancy,
  registerTrainingKernels,
  sgdUpdate,
} from './index.js';
import { generatedValues } from './testing/values.js';

/** The smallest step that float32 knows: the distance between two denormal numbers. */
const step = 2 ** -149;

let tensorsBefore = 0;
const values = (tensor: tf.Tensor): number[] => Array.from(tensor.dataSync());
const size = (shape: readonly number[]): number => shape.reduce((product, count) => product * count, 1);

const random = (shape: number[], seed: number): tf.Tensor => tf.tensor(generatedValues(size(shape), seed), shape);
/** Numbers below 2^-127, half of the smallest normal one. */
const denormal = (shape: number[], seed: number): tf.Tensor =>
  tf.tensor(
    generatedValues(size(shape), seed).map((value) => value * 2 ** -127),
    shape,
  );

beforeEach(() => {
  tensorsBefore = tf.memory().numTensors;
  tf.engine().startScope('edges');
});
afterEach(() => {
  tf.engine().endScope();
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

/** Every value within so many smallest steps of what is wanted. */
function expectSteps(actual: tf.Tensor, wanted: readonly number[], steps: number): void {
  const got = values(actual);
  expect(got.length).toBe(wanted.length);
  wanted.forEach((want, i) => {
    expect(Math.abs(got[i] - want)).toBeLessThanOrEqual(steps * step);
  });
  // What flushes denormal numbers to zero would pass for next to nothing.
  expect(got.some((value) => value !== 0)).toBe(true);
}

describe.each(['relaxed', 'simd'] as const)('denormal values, %s', (build) => {
  beforeAll(async () => {
    await tf.setBackend('wasm');
    await registerTrainingKernels({ build });
  });

  it.each([
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ])('pass through a product of matrices, transposed %s and %s', (transposeA, transposeB) => {
    const [M, K, N] = [7, 19, 13];
    const a = denormal(transposeA ? [K, M] : [M, K], 1);
    const b = random(transposeB ? [N, K] : [K, N], 2);
    const [left, right] = [values(a), values(b)];
    const wanted = Array.from({ length: M * N }, (_, index) => {
      const [m, n] = [Math.floor(index / N), index % N];
      let sum = 0;
      for (let k = 0; k < K; k++)
        sum += left[transposeA ? k * M + m : m * K + k] * right[transposeB ? n * K + k : k * N + n];
      return sum;
    });
    // Half a step of rounding for each of the K products, and for each of the sums.
    expectSteps(tf.matMul(a, b, transposeA, transposeB), wanted, K);
  });

  // 3 x 3 with 16 channels goes by transforms, whose sums of 16 values are rounded before they are multiplied.
  it.each([
    ['over patches', 3, 5, 3],
    ['by transforms', 16, 16, 3],
    ['of single pixels', 16, 8, 1],
  ])('pass through a convolution %s and its gradients', (_, inChannels, outChannels, side) => {
    const x = denormal([2, 6, 6, inChannels], 3) as tf.Tensor4D;
    const filter = random([side, side, inChannels, outChannels], 4) as tf.Tensor4D;
    const dy = random([2, 6, 6, outChannels], 5) as tf.Tensor4D;
    const convolve = (a: tf.Tensor4D, b: tf.Tensor4D): tf.Tensor4D => tf.conv2d(a, b, 1, 'same');
    // A power of two scales exactly what is not denormal.
    const scaled = (tensor: tf.Tensor, by: number): number[] => values(tensor).map((value) => value * by);
    const large = tf.tensor<tf.Rank.R4>(scaled(x, 2 ** 127), x.shape);
    const terms = side * side * inChannels;
    expectSteps(convolve(x, filter), scaled(convolve(large, filter), 2 ** -127), 4 * terms);
    const byFilter = (a: tf.Tensor4D): tf.Tensor =>
      tf.grad((b: tf.Tensor) => tf.sum(tf.mul(convolve(a, b as tf.Tensor4D), dy)))(filter);
    expectSteps(byFilter(x), scaled(byFilter(large), 2 ** -127), 4 * 2 * 36);
    const byInput = (b: tf.Tensor4D): tf.Tensor =>
      tf.grad((a: tf.Tensor) => tf.sum(tf.mul(convolve(a as tf.Tensor4D, b), dy)))(large);
    const small = tf.tensor<tf.Rank.R4>(scaled(filter, 2 ** -127), filter.shape);
    expectSteps(byInput(small), scaled(byInput(filter), 2 ** -127), 4 * side * side * outChannels);
  });

  it('pass through AdamW', () => {
    const options = { learningRate: 0.01, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0.1, step: 3 };
    const [w, g, m, v] = [denormal([37], 1), denormal([37], 2), denormal([37], 3), tf.abs(denormal([37], 4))];
    const [ws, gs, ms, vs] = [w, g, m, v].map(values);
    const got = adamwUpdate(w, g, m, v, options);
    const first = ms.map((old, i) => 0.9 * old + 0.1 * gs[i]);
    const second = vs.map((old, i) => 0.99 * old + 0.01 * gs[i] ** 2);
    // The rate is divided by eps at least: a step of the moment is a million steps of the weight.
    const rate = 0.01 / (1 - 0.9 ** 3) / 1e-8;
    expectSteps(got.first, first, 2);
    expectSteps(got.second, second, 2);
    const next = ws.map(
      (old, i) => old * (1 - 0.001) - (rate * first[i] * 1e-8) / (Math.sqrt(second[i] / (1 - 0.99 ** 3)) + 1e-8),
    );
    expectSteps(got.weight, next, 4 + 2 * rate);
  });

  it.each([false, true])('pass through SGD, nesterov %s', (nesterov) => {
    const options = { learningRate: 0.1, momentum: 0.9, dampening: 0.5, nesterov, weightDecay: 0.01 };
    const [w, g, b] = [denormal([37], 1), denormal([37], 2), denormal([37], 3)];
    const [ws, gs, bs] = [w, g, b].map(values);
    const d = gs.map((value, i) => value + 0.01 * ws[i]);
    const momentum = bs.map((value, i) => 0.9 * value + 0.5 * d[i]);
    const got = sgdUpdate(w, g, b, options);
    expectSteps(got.momentum, momentum, 4);
    expectSteps(
      got.weight,
      ws.map((value, i) => value - 0.1 * (nesterov ? d[i] + 0.9 * momentum[i] : momentum[i])),
      4,
    );
  });

  it('pass through LARS as through SGD: in float32 their squares are 0, and so is a norm', () => {
    const options = { learningRate: 0.5, momentum: 0.9, weightDecay: 0.1 };
    const [w, g, b] = [denormal([37], 1), denormal([37], 2), denormal([37], 3)];
    const [ws, gs, bs] = [w, g, b].map(values);
    const momentum = bs.map((value, i) => 0.9 * value + gs[i] + 0.1 * ws[i]);
    const got = larsUpdate(w, g, b, { ...options, eta: 0.5 });
    expectSteps(got.momentum, momentum, 4);
    expectSteps(
      got.weight,
      ws.map((value, i) => value - 0.5 * momentum[i]),
      4,
    );
  });
});

describe('no rows', () => {
  beforeAll(async () => {
    await tf.setBackend('wasm');
    await registerTrainingKernels();
  });

  it.each([[[0]], [[0, 7]], [[3, 0]]])('[%s] of weights are updated to none', (shape) => {
    const none = (): tf.Tensor => tf.zeros(shape);
    const sgd = { learningRate: 0.1, momentum: 0.9, dampening: 0, nesterov: true, weightDecay: 0.1 };
    const adamw = { learningRate: 0.1, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0.1, step: 1 };
    const updates = [
      sgdUpdate(none(), none(), none(), sgd),
      sgdUpdate(none(), none(), null, sgd),
      adamwUpdate(none(), none(), none(), none(), adamw),
      larsUpdate(none(), none(), none(), { learningRate: 0.1, momentum: 0.9, weightDecay: 0.1, eta: 0.001 }),
      { weight: emaUpdate(none(), none(), 0.9) },
    ];
    for (const tensor of updates.flatMap((update) => Object.values<tf.Tensor>(update))) {
      expect(tensor.shape).toEqual(shape);
      expect(values(tensor)).toEqual([]);
    }
  });

  it('of a batch are an empty attention, and an empty GELU, with empty gradients', () => {
    const { value, grad } = tf.valueAndGrad((qkv: tf.Tensor) => packedAttention(qkv as tf.Tensor3D, 2))(
      tf.zeros([0, 5, 12]),
    );
    expect([value.shape, grad.shape]).toEqual([
      [0, 5, 4],
      [0, 5, 12],
    ]);
    const [q, k] = [tf.zeros<tf.Rank.R3>([0, 5, 4]), tf.zeros<tf.Rank.R3>([0, 3, 4])];
    expect(attention(q, k, k, 2).shape).toEqual([0, 5, 4]);
    const activated = tf.valueAndGrad(gelu)(tf.zeros([0, 3]));
    expect([activated.value.shape, activated.grad.shape]).toEqual([
      [0, 3],
      [0, 3],
    ]);
  });

  it('are refused where a mean would be over none', () => {
    expect(() => layerNormTraining(tf.zeros([0, 8]), null, null, 1e-5)).toThrow(
      'layerNormTraining: x, got shape [0,8], wanted [..., D] with no empty axis',
    );
    expect(() => contrast(tf.zeros([0, 8]), 0.5)).toThrow(
      'contrast: z, got float32 of shape [0,8], wanted float32 [N, D] with N >= 4',
    );
    expect(() => redundancy(tf.zeros([0, 8]), tf.zeros([0, 8]), { eps: 1e-5, form: 'auto' })).toThrow(
      'redundancy: a, got float32 of shape [0,8], wanted float32 [N, D] with N >= 1',
    );
  });
});

describe('one row', () => {
  it.each(['auto', 'direct', 'gram'] as const)(
    'has a biased variance of 0: no correlation, no gradient (%s)',
    (form) => {
      const terms = (a: tf.Tensor): tf.Tensor => {
        const { diagonal, offDiagonal } = redundancy(a as tf.Tensor2D, random([1, 9], 2) as tf.Tensor2D, {
          eps: 1e-5,
          form,
        });
        return tf.add(tf.sum(diagonal), offDiagonal);
      };
      const { value, grad } = tf.valueAndGrad(terms)(random([1, 9], 1));
      expect(values(value)).toEqual([0]);
      expect(values(grad).every((slope) => slope === 0)).toBe(true);
    },
  );
});
