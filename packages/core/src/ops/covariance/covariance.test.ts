import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../backends/use-backend.js';
import { InputError, ShapeError } from '../../errors.js';
import { tf, type Tensor2D } from '../../tf.js';
import { covariance } from './op.js';

describe.each(['wasm', 'cpu'] as const)('covariance on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  // Columns (1, 3) and (0, 4): means 2 and 2, deviations (-1, 1) and (-2, 2).
  const z = (): Tensor2D => tf.tensor2d([1, 0, 3, 4], [2, 2]);

  it('divides the centred products by N - 1', () => {
    expect(covariance(z()).arraySync()).toEqual([
      [2, 4],
      [4, 8],
    ]);
  });

  it('divides them by N with ddof 0', () => {
    expect(covariance(z(), { ddof: 0 }).arraySync()).toEqual([
      [1, 2],
      [2, 4],
    ]);
  });

  it('leaves the means in when it is told to', () => {
    // (1 + 9) / 2, (0 + 12) / 2, (0 + 16) / 2
    expect(covariance(z(), { centred: false, ddof: 0 }).arraySync()).toEqual([
      [5, 6],
      [6, 8],
    ]);
  });

  it('is exactly zero for a constant batch', () => {
    expect(covariance(tf.fill([4, 2], 0.3)).arraySync()).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it('does not see a shift of the batch, were it a thousand times its spread', () => {
    // Float32 holds 1000 + k / 1024 exactly.
    const small: Tensor2D = tf.div(tf.tensor2d([1, -2, 3, 0, -4, 2], [3, 2]), 1024);
    const shifted = covariance(tf.add<Tensor2D>(small, 1000)).dataSync();
    const unshifted = covariance(small).dataSync();
    for (let i = 0; i < 4; i++) expect(Math.abs(shifted[i] / unshifted[i] - 1)).toBeLessThan(1e-6);
  });

  it('refuses one sample, another rank, integers and a broken ddof', () => {
    expect(() => covariance(tf.zeros([1, 3]))).toThrow(new ShapeError('covariance: z has N=1, wanted N >= 2'));
    expect(() => covariance(tf.zeros([2, 3, 4]) as unknown as Tensor2D)).toThrow(ShapeError);
    expect(() => covariance(tf.zeros([2, 3], 'int32'))).toThrow(ShapeError);
    expect(() => covariance(z(), { ddof: 0.5 })).toThrow(InputError);
    expect(() => covariance(z(), { implementation: 'webgl' as 'wasm' })).toThrow(InputError);
  });
});
