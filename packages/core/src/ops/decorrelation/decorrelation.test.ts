import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../backends/use-backend.js';
import { InputError, ShapeError } from '../../errors.js';
import { tf, type Tensor2D } from '../../tf.js';
import { normals } from '../case-inputs.js';
import { offDiagonalPenalty, offDiagonalSquares } from './op.js';
import { offDiagonalPenaltyReference } from './reference.js';

function float32({ data, shape }: ReturnType<typeof normals>): Tensor2D {
  return tf.tensor2d(Float32Array.from(data), shape as [number, number]);
}

describe.each(['wasm', 'cpu'] as const)('offDiagonalPenalty on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(['auto', 'direct', 'gram'] as const)('sums both squares of the covariance of two dimensions (%s)', (form) => {
    // As in covariance.test.ts: C = [[2, 4], [4, 8]].
    const z = tf.tensor2d([1, 0, 3, 4], [2, 2]);
    expect(offDiagonalPenalty(z, { form }).arraySync()).toBe(32);
    expect(offDiagonalPenalty(z, { form, ddof: 0 }).arraySync()).toBe(8);
  });

  it('is zero for one dimension and for uncorrelated ones', () => {
    expect(offDiagonalPenalty(tf.tensor2d([1, 2, 4], [3, 1])).arraySync()).toBe(0);
    expect(offDiagonalPenalty(tf.tensor2d([1, 1, 1, -1, -1, 1, -1, -1], [4, 2])).arraySync()).toBe(0);
  });

  it.each([
    [4, 8],
    [16, 64],
    [64, 128],
  ])('agrees with float64 in both forms from D = 2N on (%d x %d)', (N, D) => {
    const z = normals(`decorrelation test ${N}x${D}`, [N, D]);
    const wanted = offDiagonalPenaltyReference(z, true, 1);
    for (const form of ['direct', 'gram', 'auto'] as const) {
      expect(Math.abs(offDiagonalPenalty(float32(z), { form }).arraySync() / wanted - 1)).toBeLessThan(1e-6);
    }
  });

  it('takes the direct form where the subtraction of the Gram form would lose the result', () => {
    // Two samples, one of the 8 dimensions 10^4 times the others: the diagonal part is all but 10^-8 of the whole.
    const z = {
      shape: [2, 8],
      data: Float64Array.from({ length: 16 }, (_, i) => (i < 8 ? 1 : -1) * (i % 8 === 0 ? 1e4 : 1)),
    };
    const wanted = offDiagonalPenaltyReference(z, true, 1);
    const relative = (form: 'auto' | 'gram'): number =>
      Math.abs(offDiagonalPenalty(float32(z), { form }).arraySync() / wanted - 1);
    expect(relative('auto')).toBeLessThan(1e-6);
    expect(relative('gram')).toBeGreaterThan(1e-3);
  });

  it('refuses what covariance refuses, and an unknown form', () => {
    expect(() => offDiagonalPenalty(tf.zeros([1, 3]))).toThrow(
      new ShapeError('offDiagonalPenalty: z has N=1, wanted N >= 2'),
    );
    expect(() => offDiagonalPenalty(tf.zeros([2, 3]), { form: 'grams' as 'gram' })).toThrow(
      new InputError('offDiagonalPenalty: form, got "grams", wanted one of auto, direct, gram'),
    );
  });
});

describe.each(['wasm', 'cpu'] as const)('offDiagonalSquares on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('sums the squares beside the diagonal', () => {
    expect(offDiagonalSquares(tf.tensor2d([7, 1, 2, 3, 8, 4, 5, 6, 9], [3, 3])).arraySync()).toBe(91);
  });

  it('does not lose them next to a large diagonal', () => {
    const tiny = Math.fround(1e-5);
    const c = tf.tensor2d([1000, tiny, tiny, 1000], [2, 2]);
    expect(offDiagonalSquares(c).arraySync()).toBe(Math.fround(2 * Math.fround(tiny * tiny)));
  });

  it('refuses a matrix that is not square', () => {
    expect(() => offDiagonalSquares(tf.zeros([3, 4]))).toThrow(
      new ShapeError('offDiagonalSquares: c has shape [3,4], wanted a square matrix'),
    );
  });
});
