import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../backends/use-backend.js';
import { InputError, ShapeError } from '../../errors.js';
import { tf, type Tensor } from '../../tf.js';
import { l2Normalise } from './op.js';

describe.each(['wasm', 'cpu'] as const)('l2Normalise on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  const near = (got: Tensor, wanted: number[]): void => {
    got.dataSync().forEach((value, i) => {
      expect(value).toBeCloseTo(wanted[i], 6);
    });
  };

  it('divides every row by its length', () => {
    near(l2Normalise(tf.tensor2d([3, 4, 0, -5], [2, 2])), [0.6, 0.8, 0, -1]);
  });

  it('works along the last axis of any shape', () => {
    near(l2Normalise(tf.tensor1d([3, 4])), [0.6, 0.8]);
    expect(l2Normalise(tf.ones([2, 3, 4])).shape).toEqual([2, 3, 4]);
  });

  it('leaves a zero row zero, with a finite gradient', () => {
    expect(Array.from(l2Normalise(tf.zeros([1, 3])).dataSync())).toEqual([0, 0, 0]);
    const gradient = (clamp: 'norm' | 'square'): number =>
      tf
        .grad((z) => tf.sum(l2Normalise(z, { clamp })))(tf.zeros([1, 3]))
        .dataSync()[0];
    expect(gradient('norm')).toBeCloseTo(1e12, -7);
    expect(gradient('square')).toBeCloseTo(1e6, 0);
  });

  it('clamps the norm or its square', () => {
    // A row of length 1e-7: above the clamp of the norm, below that of the square, sqrt(1e-12) = 1e-6.
    const z = tf.tensor2d([1e-7, 0], [1, 2]);
    near(l2Normalise(z), [1, 0]);
    near(l2Normalise(z, { clamp: 'square' }), [0.1, 0]);
  });

  it('gives NaN, not zeros, for a row whose square overflows', () => {
    const y = l2Normalise(tf.tensor2d([1e30, 1, 3, 4], [2, 2])).dataSync();
    expect(Array.from(y.subarray(0, 2))).toEqual([NaN, NaN]);
    expect(y[2]).toBeCloseTo(0.6, 6);
  });

  it('refuses scalars, empty tensors and an eps that float32 cannot square', () => {
    expect(() => l2Normalise(tf.scalar(1))).toThrow(ShapeError);
    expect(() => l2Normalise(tf.zeros([0, 3]))).toThrow(
      new ShapeError('l2Normalise: z is empty, got shape [0,3], wanted no axis of size 0'),
    );
    expect(() => l2Normalise(tf.ones([1, 3]), { eps: 1e-30 })).toThrow(
      new InputError('l2Normalise: eps, got 1e-30, wanted a finite number from 1e-12'),
    );
  });
});
