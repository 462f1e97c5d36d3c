import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

import { registerTrainingKernels } from '../index.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
  await registerTrainingKernels();
});

describe.each([
  ['clone', (x: tf.Tensor) => tf.clone(x)],
  ['cast to the same type', (x: tf.Tensor) => tf.cast(x, x.dtype)],
])('%s', (_name, copy) => {
  it('takes no memory, and outlives what it was made of', () => {
    const x = tf.tensor1d([1, NaN, -3]);
    const { numTensors } = tf.memory();
    const y = copy(x);
    expect(y.dataId).toBe(x.dataId);
    x.dispose();
    expect(Array.from(y.dataSync())).toEqual([1, NaN, -3]);
    y.dispose();
    expect(tf.memory().numTensors).toBe(numTensors - 1);
  });
});

describe('cast', () => {
  it('to another type is that of tfjs', () => {
    tf.tidy(() => {
      const y = tf.cast(tf.tensor1d([1.5, 0, -2.5]), 'int32');
      expect(y.dtype).toBe('int32');
      expect(Array.from(y.dataSync())).toEqual([1, 0, -2]);
    });
  });
});
