import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../backends/use-backend.js';
import { InputError, ShapeError } from '../../errors.js';
import { tf, type Scalar, type Tensor, type Tensor2D } from '../../tf.js';
import { varianceHinge, type VarianceHingeOptions } from './op.js';

describe.each(['wasm', 'cpu'] as const)('varianceHinge on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  const value = (hinge: Scalar): number => hinge.arraySync();

  it('charges a constant batch the full hinge, but for the root of eps', () => {
    expect(value(varianceHinge(tf.fill([4, 3], 7)))).toBeCloseTo(0.99, 6);
  });

  it('charges nothing from a spread of gamma on', () => {
    // Column (0, 2): unbiased variance 2.
    expect(value(varianceHinge(tf.tensor2d([0, 2], [2, 1])))).toBe(0);
  });

  it('averages what the dimensions lack', () => {
    // Unbiased variances 2 and 0.02: the second lacks 1 - sqrt(0.0201).
    const z = tf.tensor2d([0, 0, 2, 0.2], [2, 2]);
    expect(value(varianceHinge(z))).toBeCloseTo((1 - Math.sqrt(0.0201)) / 2, 6);
    expect(value(varianceHinge(z, { gamma: 2 }))).toBeCloseTo((2 - Math.sqrt(2.0001) + 2 - Math.sqrt(0.0201)) / 2, 6);
  });

  it('can be on the variance, and on what is not centred', () => {
    const z = tf.tensor2d([0, 0, 2, 0.2], [2, 2]);
    expect(value(varianceHinge(z, { spread: 'variance' }))).toBeCloseTo(0.98 / 2, 6);
    // All ones, nothing centred: the second moment is 1, the hinge 0. The lecture's formula as printed.
    const ones: Tensor2D = tf.ones([4, 3]);
    expect(value(varianceHinge(ones, { spread: 'variance', centred: false, ddof: 0 }))).toBe(0);
    expect(value(varianceHinge(ones, { spread: 'variance', ddof: 0 }))).toBe(1);
  });

  it('keeps its gradient as the batch shrinks, which the hinge on the variance does not', () => {
    // One dimension (s, -s): d std / d s is constant, d variance / d s goes with s.
    const slope = (options: Partial<VarianceHingeOptions>, s: number): number => {
      const gradient = tf.grad((z: Tensor) => varianceHinge(z as Tensor2D, options));
      return Math.abs(gradient(tf.tensor2d([s, -s], [2, 1])).dataSync()[0]);
    };
    expect(slope({ eps: 1e-12 }, 0.1) / slope({ eps: 1e-12 }, 0.001)).toBeCloseTo(1, 3);
    expect(slope({ spread: 'variance' }, 0.1) / slope({ spread: 'variance' }, 0.001)).toBeCloseTo(100, 2);
  });

  it('gives NaN, not a healthy 0, where the variance overflows', () => {
    expect(value(varianceHinge(tf.tensor2d([1e30, -1e30], [2, 1])))).toBeNaN();
    expect(value(varianceHinge(tf.tensor2d([1e30, -1e30], [2, 1]), { spread: 'variance', centred: false }))).toBeNaN();
  });

  it('refuses one sample, and options out of range', () => {
    expect(() => varianceHinge(tf.zeros([1, 3]))).toThrow(new ShapeError('varianceHinge: z has N=1, wanted N >= 2'));
    expect(() => varianceHinge(tf.zeros([2, 3]), { gamma: 0 })).toThrow(InputError);
    expect(() => varianceHinge(tf.zeros([2, 3]), { eps: -1 })).toThrow(InputError);
    expect(() => varianceHinge(tf.zeros([2, 3]), { spread: 'range' as 'std' })).toThrow(
      new InputError('varianceHinge: spread, got "range", wanted one of std, variance'),
    );
  });
});
