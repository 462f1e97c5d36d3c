import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../backends/use-backend.js';
import { tf } from '../tf.js';
import { stopGradient } from './stop-gradient.js';

describe.each(['wasm', 'cpu'] as const)('stopGradient on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('keeps the values and makes them a constant', () => {
    const x = tf.tensor1d([2, 3]);
    expect(Array.from(stopGradient(x).dataSync())).toEqual([2, 3]);
    // d (x * constant x) / dx = x, where that of x^2 is 2x.
    const gradient = tf.grad((y) => tf.sum(tf.mul(y, stopGradient(y))))(x);
    expect(Array.from(gradient.dataSync())).toEqual([2, 3]);
  });

  it('frees what it makes', () => {
    const x = tf.tensor1d([1]);
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      tf.grad((y) => tf.sum(tf.mul(y, stopGradient(y))))(x);
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
