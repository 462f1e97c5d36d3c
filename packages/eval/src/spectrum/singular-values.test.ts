import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cosines, gaussian, mapped } from '../fixtures.js';
import { matrix, matrixOfRows, transpose } from '../matrix/matrix.js';
import { gram } from '../matrix/products.js';
import { covarianceEigenvalues, singularValues, spectra } from './singular-values.js';

describe('singularValues', () => {
  it('finds 5 and 0 of a matrix of rank one', () => {
    const z = matrixOfRows([
      [3, 0],
      [4, 0],
    ]);
    const values = singularValues(z);
    expect(values[0]).toBeCloseTo(5, 14);
    expect(values[1]).toBeCloseTo(0, 14);
  });

  it.each([
    ['directly', 60, 20],
    ['through the Gram matrix', 600, 200],
    ['through the Gram matrix of the rows', 200, 600],
  ])('knows orthogonal columns of lengths 1 to D: %s', (_, rows, columns) => {
    const small = Math.min(rows, columns);
    const tall = mapped(cosines(Math.max(rows, columns), small), (x, _i, j) => x * (j + 1));
    const values = singularValues(rows >= columns ? tall : transpose(tall));
    for (let i = 0; i < small; i++) expect(Math.abs(values[i] - (small - i))).toBeLessThan(1e-13 * small * small);
  });

  it('ends for equal rows, two different rows and a line, which collapsed embeddings are', () => {
    for (const rows of [100, 2000]) {
      const equal = mapped(gaussian(rows, 100), (_, _i, j) => j + 1);
      const two = mapped(gaussian(rows, 100), (_, i, j) => (i % 2 === 0 ? 1 : -1) * (j + 1));
      const line = mapped(gaussian(rows, 100), (_, i, j) => i * (j + 1));
      for (const z of [equal, two, line]) {
        const [first, second] = singularValues(z);
        const size = Math.sqrt(z.data.reduce((sum, x) => sum + x * x, 0));
        expect(Math.abs(first / size - 1)).toBeLessThan(1e-13);
        expect(second / size).toBeLessThan(rows === 100 ? 1e-14 : 1e-7);
      }
    }
  });

  it('keeps the sums of second and fourth powers of matrices of small integers, most of them singular', () => {
    const matrices = fc
      .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }))
      .chain(([rows, columns]) =>
        fc
          .array(fc.integer({ min: -1, max: 1 }), { minLength: rows * columns, maxLength: rows * columns })
          .map((data) => matrix(data, rows, columns)),
      );
    fc.assert(
      fc.property(matrices, (z) => {
        const values = singularValues(z);
        const powers = (data: Float64Array, p: number): number => data.reduce((sum, x) => sum + x ** p, 0);
        expect(powers(values, 2)).toBeCloseTo(powers(z.data, 2), 10);
        expect(powers(values, 4)).toBeCloseTo(powers(gram(z).data, 2), 9);
      }),
      { numRuns: 300 },
    );
  });

  it('scales with the matrix, from 1e-200 to 1e200', () => {
    const z = gaussian(9, 5);
    const wanted = singularValues(z);
    for (const scale of [2 ** -660, 2 ** 660]) {
      expect(singularValues(mapped(z, (x) => x * scale))).toEqual(wanted.map((s) => s * scale));
    }
  });

  it('refuses an empty matrix and values that are not finite', () => {
    expect(() => singularValues(matrix([], 0, 3))).toThrow(
      'singularValues: z, got shape [0, 3], wanted at least 1 row',
    );
    expect(() => singularValues(matrix([1, Infinity], 1, 2))).toThrow('got Infinity in row 0, column 1');
  });
});

describe('spectra', () => {
  it.each([
    ['directly', 60, 20],
    ['through the Gram matrix', 600, 200],
  ])('keeps the centred spectrum of a cone around a mean a million times longer: %s', (_, rows, columns) => {
    const z = mapped(cosines(rows, columns), (x) => 1e6 + x);
    const { singularValues: plain, centredSingularValues: central } = spectra(z);
    expect(plain[0] / (1e6 * Math.sqrt(rows * columns))).toBeCloseTo(1, 9);
    for (const s of central) expect(Math.abs(s - 1)).toBeLessThan(1e-8);
  });

  it('agrees between rows and columns as the smaller side', () => {
    const z = gaussian(300, 250);
    const { singularValues: tall } = spectra(z);
    const { singularValues: wide } = spectra(transpose(z));
    for (let i = 0; i < tall.length; i++) expect(Math.abs(tall[i] - wide[i])).toBeLessThan(1e-12 * tall[0]);
  });

  it('has at most N - 1 directions once centred', () => {
    const { centredSingularValues } = spectra(gaussian(5, 40));
    expect(centredSingularValues[3]).toBeGreaterThan(1);
    expect(centredSingularValues[4]).toBeLessThan(1e-13);
  });
});

describe('covarianceEigenvalues', () => {
  it('divides squares by N - 1, fills up with zeros and drops what is rounding', () => {
    expect([...covarianceEigenvalues([3, 1, 1e-7], 10, 5)]).toEqual([1, 1 / 9, 0, 0, 0]);
  });
});
