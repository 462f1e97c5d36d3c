import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../backends/use-backend.js';
import { InputError, ShapeError } from '../../errors.js';
import { tf, type Tensor } from '../../tf.js';
import { layerNorm } from './op.js';

describe.each(['wasm', 'cpu'] as const)('layerNorm on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  const near = (got: Tensor, wanted: number[]): void => {
    got.dataSync().forEach((value, i) => {
      expect(value).toBeCloseTo(wanted[i], 6);
    });
  };

  it('gives every row mean 0 and variance 1, eps aside', () => {
    // Row (0, 2): mean 1, variance 1; row (10, 30): mean 20, variance 100.
    const first = 1 / Math.sqrt(1 + 1e-5);
    const second = 10 / Math.sqrt(100 + 1e-5);
    near(layerNorm(tf.tensor2d([0, 2, 10, 30], [2, 2])), [-first, first, -second, second]);
  });

  it('scales by gamma and shifts by beta', () => {
    const x = tf.tensor2d([0, 2], [1, 2]);
    near(layerNorm(x, tf.tensor1d([2, 4]), tf.tensor1d([1, 0]), { eps: 3 }), [1 - 2 * 0.5, 4 * 0.5]);
  });

  it('normalises tokens of images alike', () => {
    expect(layerNorm(tf.ones([2, 3, 4])).shape).toEqual([2, 3, 4]);
  });

  it('gives beta for a constant row', () => {
    near(layerNorm(tf.fill([1, 3], 5), undefined, tf.tensor1d([1, 2, 3])), [1, 2, 3]);
  });

  it('gives NaN, not beta, where the composed variance overflows', () => {
    const x = tf.tensor2d([1e30, -1e30], [1, 2]);
    expect(layerNorm(x, undefined, undefined, { implementation: 'composed' }).dataSync()[0]).toBeNaN();
  });

  it('says which parameter does not fit', () => {
    expect(() => layerNorm(tf.zeros([2, 8]), tf.ones([4]))).toThrow(
      new ShapeError('layerNorm: gamma has D=4, wanted D=8 as in x'),
    );
    expect(() => layerNorm(tf.zeros([2, 8]), undefined, tf.ones([4]))).toThrow(
      new ShapeError('layerNorm: beta has D=4, wanted D=8 as in x'),
    );
    expect(() => layerNorm(tf.scalar(1))).toThrow(ShapeError);
    expect(() => layerNorm(tf.zeros([2, 8]), undefined, undefined, { eps: 0 })).toThrow(InputError);
  });
});
