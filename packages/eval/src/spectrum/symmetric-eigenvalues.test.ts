import { EVD, Matrix as MlMatrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { gaussian } from '../fixtures.js';
import { matrix, matrixOfRows } from '../matrix/matrix.js';
import { gram } from '../matrix/products.js';
import { symmetricEigenvalues } from './symmetric-eigenvalues.js';

function close(got: Float64Array, wanted: ArrayLike<number>, scale: number): void {
  expect(got.length).toBe(wanted.length);
  for (let i = 0; i < got.length; i++) expect(Math.abs(got[i] - wanted[i])).toBeLessThanOrEqual(1e-14 * scale);
}

describe('symmetricEigenvalues', () => {
  it('finds 3 and 1 of [[2, 1], [1, 2]]', () => {
    const a = matrixOfRows([
      [2, 1],
      [1, 2],
    ]);
    close(symmetricEigenvalues(a), [3, 1], 1);
  });

  it('returns a diagonal in descending order, signs kept', () => {
    const diagonal = [3, -7, 0, 1e-9, 7];
    const a = matrix(new Float64Array(25), 5, 5);
    diagonal.forEach((x, i) => (a.data[i * 6] = x));
    expect([...symmetricEigenvalues(a)]).toEqual([7, 3, 1e-9, 0, -7]);
  });

  it('knows the path graph: 2 - 2 cos(k pi / (n + 1))', () => {
    const n = 50;
    const a = matrix(new Float64Array(n * n), n, n);
    for (let i = 0; i < n; i++) {
      a.data[i * n + i] = 2;
      if (i > 0) a.data[i * n + i - 1] = a.data[(i - 1) * n + i] = -1;
    }
    const wanted = Float64Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)));
    close(symmetricEigenvalues(a), wanted.sort().reverse(), 4);
  });

  it('knows a repeated eigenvalue: ones and the identity', () => {
    const n = 30;
    const a = matrix(
      Float64Array.from({ length: n * n }, (_, p) => (p % (n + 1) === 0 ? 2 : 1)),
      n,
      n,
    );
    close(symmetricEigenvalues(a), [n + 1, ...Array.from({ length: n - 1 }, () => 1)], n);
  });

  it('ends for matrices of low rank, where nearly all is rounding', () => {
    for (const [n, rank] of [
      [128, 1],
      [256, 10],
      [200, 0],
    ]) {
      // Ones in `rank` blocks, each an eigenvalue of the block's size.
      const size = rank === 0 ? 1 : Math.floor(n / rank);
      const a = matrix(new Float64Array(n * n), n, n);
      for (let i = 0; i < rank * size; i++) {
        for (let j = 0; j < rank * size; j++) if (Math.floor(i / size) === Math.floor(j / size)) a.data[i * n + j] = 1;
      }
      close(
        symmetricEigenvalues(a),
        [...new Array<number>(rank).fill(size), ...new Array<number>(n - rank).fill(0)],
        n,
      );
    }
  });

  it('has as many zeros as columns of zeros, beside Gaussian ones', () => {
    const z = gaussian(64, 300);
    z.data.fill(0, 10 * 300);
    const values = symmetricEigenvalues(gram(z));
    expect(values[9]).toBeGreaterThan(100);
    for (const zero of values.subarray(10)) expect(Math.abs(zero)).toBeLessThan(1e-11);
  });

  it('takes one entry, nothing but zeros, and huge and tiny entries', () => {
    expect([...symmetricEigenvalues(matrix([-4], 1, 1))]).toEqual([-4]);
    expect([...symmetricEigenvalues(matrix(new Float64Array(9), 3, 3))]).toEqual([0, 0, 0]);
    for (const scale of [1e300, 1e-300]) {
      const a = matrix([2 * scale, scale, scale, 2 * scale], 2, 2);
      const [first, second] = symmetricEigenvalues(a);
      expect(first / scale).toBeCloseTo(3, 14);
      expect(second / scale).toBeCloseTo(1, 14);
    }
  });

  it.each([3, 20, 90])('agrees with ml-matrix on random Gram matrices, n = %i', (n) => {
    for (const rank of [2, n]) {
      const a = gram(gaussian(n, rank, n));
      const wanted = new EVD(MlMatrix.from1DArray(n, n, a.data), { assumeSymmetric: true }).realEigenvalues;
      close(
        symmetricEigenvalues(a),
        wanted.sort((x, y) => y - x),
        n * wanted[0],
      );
    }
  });

  it('refuses what is not square or not finite', () => {
    expect(() => symmetricEigenvalues(gaussian(2, 3))).toThrow('got shape [2, 3], wanted a square matrix');
    expect(() => symmetricEigenvalues(matrix([NaN], 1, 1))).toThrow('symmetricEigenvalues: a, got NaN in row 0');
  });
});
