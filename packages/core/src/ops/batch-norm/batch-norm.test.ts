import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../backends/use-backend.js';
import { BackendError, InputError, ShapeError } from '../../errors.js';
import { tf, type Tensor } from '../../tf.js';
import { batchNorm } from './op.js';

const near = (got: Tensor, wanted: number[]): void => {
  got.dataSync().forEach((value, i) => {
    expect(value).toBeCloseTo(wanted[i], 6);
  });
};

describe.each([
  ['wasm', 'wasm'],
  ['composed', 'wasm'],
  ['composed', 'cpu'],
] as const)('batchNorm, %s on %s', (implementation, backend) => {
  beforeAll(() => useBackend(backend));

  it('normalises each channel and returns its statistics', () => {
    // Column (0, 2): mean 1, variance 1; column (10, 30): mean 20, variance 100.
    const { y, mean, variance } = batchNorm(tf.tensor2d([0, 10, 2, 30], [2, 2]), undefined, undefined, {
      implementation,
    });
    const first = 1 / Math.sqrt(1 + 1e-5);
    const second = 10 / Math.sqrt(100 + 1e-5);
    near(y, [-first, -second, first, second]);
    near(mean, [1, 20]);
    near(variance, [1, 100]);
  });

  it('scales by gamma and shifts by beta', () => {
    const options = { implementation, eps: 3 };
    near(batchNorm(tf.tensor2d([0, 2], [2, 1]), tf.tensor1d([4]), tf.tensor1d([1]), options).y, [-1, 3]);
  });

  it('clamps y at 0 for relu, NaN stays', () => {
    const { y } = batchNorm(tf.tensor2d([0, 2, NaN, 1], [2, 2]), undefined, tf.tensor1d([0, 0.5]), {
      implementation,
      relu: true,
      eps: 0.25,
    });
    const [a, b, c, d] = y.dataSync();
    expect([a, c]).toEqual([NaN, NaN]);
    near(tf.tensor1d([b, d]), [0.5 + Math.SQRT1_2, 0]);
  });

  it('takes the statistics of images over all positions', () => {
    const { y, mean } = batchNorm(tf.tensor4d([0, 5, 2, 5], [1, 1, 2, 2]), undefined, undefined, {
      implementation,
      eps: 3,
    });
    expect(y.shape).toEqual([1, 1, 2, 2]);
    near(y, [-0.5, 0, 0.5, 0]);
    near(mean, [1, 5]);
  });

  it('gives beta for a constant channel', () => {
    near(batchNorm(tf.fill([4, 2], 3), undefined, tf.tensor1d([1, 2]), { implementation }).y, [1, 2, 1, 2, 1, 2, 1, 2]);
  });
});

describe('batchNorm', () => {
  beforeAll(() => useBackend('wasm'));

  it('gives NaN where the composed variance overflows', () => {
    const x = tf.tensor2d([1e30, -1e30], [2, 1]);
    expect(batchNorm(x, undefined, undefined, { implementation: 'composed' }).y.dataSync()[0]).toBeNaN();
  });

  it('says which argument does not fit', () => {
    expect(() => batchNorm(tf.zeros([4, 8]), tf.ones([4]))).toThrow(
      new ShapeError('batchNorm: gamma has C=4, wanted C=8 as in x'),
    );
    expect(() => batchNorm(tf.zeros([4, 8]), undefined, tf.ones([4]))).toThrow(
      new ShapeError('batchNorm: beta has C=4, wanted C=8 as in x'),
    );
    expect(() => batchNorm(tf.zeros([1, 8]))).toThrow(
      new ShapeError('batchNorm: x has 1 value a channel, wanted 2 or more; shape [1,8]'),
    );
    expect(() => batchNorm(tf.zeros([4]))).toThrow(ShapeError);
    expect(() => batchNorm(tf.zeros([4, 8]), undefined, undefined, { eps: -1 })).toThrow(InputError);
  });

  it('does not run the wasm kernel on another backend', async () => {
    await useBackend('cpu');
    expect(() => batchNorm(tf.zeros([4, 8]), undefined, undefined, { implementation: 'wasm' })).toThrow(BackendError);
  });
});
