import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../backends/use-backend.js';
import { InputError, ShapeError } from '../../errors.js';
import { tf, type Tensor2D } from '../../tf.js';
import { crossCorrelation } from './op.js';

describe.each(['wasm', 'cpu'] as const)('crossCorrelation on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  // Mean 0, variance 1 each, uncorrelated.
  const a = (): Tensor2D => tf.tensor2d([1, 1, 1, -1, -1, 1, -1, -1], [4, 2]);
  const near = (got: Tensor2D, wanted: number[]): void => {
    got.dataSync().forEach((value, i) => {
      expect(value).toBeCloseTo(wanted[i], 6);
    });
  };

  it('is the identity, but for eps, for equal views of uncorrelated dimensions', () => {
    const one = 1 / (1 + 1e-5);
    near(crossCorrelation(a(), a()), [one, 0, 0, one]);
  });

  it('has dimension j of a in row j and k of b in column k', () => {
    // b's first dimension is a's second, its second the negative of a's first.
    const b = tf.tensor2d([1, -1, -1, -1, 1, 1, -1, 1], [4, 2]);
    const one = 1 / (1 + 1e-5);
    near(crossCorrelation(a(), b), [0, -one, one, 0]);
  });

  it('does not see the scale of a view, and takes its eps', () => {
    near(crossCorrelation(tf.mul(a(), 100), a(), { eps: 1e-12 }), [1, 0, 0, 1]);
    near(crossCorrelation(a(), a(), { eps: 1 }), [0.5, 0, 0, 0.5]);
  });

  it('gives zeros for a constant view', () => {
    expect(crossCorrelation(tf.fill([4, 2], 3), a()).arraySync()).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it('says which view does not fit', () => {
    expect(() => crossCorrelation(tf.zeros([4, 8]), tf.zeros([4, 4]))).toThrow(
      new ShapeError('crossCorrelation: b has D=4, wanted D=8 as in a'),
    );
    expect(() => crossCorrelation(a(), tf.zeros([3, 2]))).toThrow(
      new ShapeError('crossCorrelation: b has N=3, wanted N=4 as in a'),
    );
    expect(() => crossCorrelation(tf.zeros([1, 2]), tf.zeros([1, 2]))).toThrow(ShapeError);
    expect(() => crossCorrelation(a(), a(), { eps: 0 })).toThrow(InputError);
  });
});
