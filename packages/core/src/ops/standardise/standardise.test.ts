import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../backends/use-backend.js';
import { InputError, ShapeError } from '../../errors.js';
import { tf } from '../../tf.js';
import { standardise } from './op.js';

describe.each(['wasm', 'cpu'] as const)('standardise on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('gives every column mean 0 and variance 1, eps aside', () => {
    // Column (0, 2): mean 1, variance 1; column (10, 30): mean 20, variance 100.
    const y = standardise(tf.tensor2d([0, 10, 2, 30], [2, 2])).dataSync();
    const first = 1 / Math.sqrt(1 + 1e-5);
    const second = 10 / Math.sqrt(100 + 1e-5);
    [-first, -second, first, second].forEach((wanted, i) => {
      expect(y[i]).toBeCloseTo(wanted, 6);
    });
  });

  it('adds its eps to the variance', () => {
    const y = standardise(tf.tensor2d([0, 2], [2, 1]), { eps: 3 }).dataSync();
    expect(y[0]).toBeCloseTo(-0.5, 6);
    expect(y[1]).toBeCloseTo(0.5, 6);
  });

  it('gives zeros for a constant column', () => {
    expect(Array.from(standardise(tf.fill([5, 2], 0.3)).dataSync())).toEqual(new Array(10).fill(0));
  });

  it('gives NaN, not a collapsed batch, where the variance overflows', () => {
    expect(standardise(tf.tensor2d([1e30, -1e30], [2, 1])).dataSync()).toEqual(Float32Array.of(NaN, NaN));
  });

  it('refuses one sample and a broken eps', () => {
    expect(() => standardise(tf.zeros([1, 3]))).toThrow(new ShapeError('standardise: z has N=1, wanted N >= 2'));
    expect(() => standardise(tf.zeros([2, 3]), { eps: 0 })).toThrow(
      new InputError('standardise: eps, got 0, wanted a finite number above 0'),
    );
    expect(() => standardise(tf.zeros([2, 3]), { eps: NaN })).toThrow(InputError);
  });
});
