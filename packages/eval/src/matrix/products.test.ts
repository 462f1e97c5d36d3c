import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gaussian } from '../fixtures.js';
import { accumulate } from './accumulate.js';
import { matrixKernels } from './kernels.js';
import { matrix, matrixOfRows, transpose } from './matrix.js';
import { gram, timesTransposed } from './products.js';
import { productsInMemory } from './products-in-memory.js';

describe('timesTransposed', () => {
  it('multiplies by hand', () => {
    const a = matrixOfRows([
      [1, 2],
      [3, 4],
    ]);
    const b = matrixOfRows([
      [5, 6],
      [7, 8],
      [0, 1],
    ]);
    expect([...timesTransposed(a, b).data]).toEqual([17, 23, 2, 39, 53, 4]);
  });

  it('agrees with the definition for every shape around its blocks', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 11 }),
        fc.constantFrom(1, 3, 511, 512, 513, 1030),
        (m, n, p) => {
          const a = gaussian(m, p, 1);
          const b = gaussian(n, p, 2);
          const c = timesTransposed(a, b);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < n; j++) {
              let sum = 0;
              let size = 0;
              for (let q = 0; q < p; q++) {
                sum += a.data[i * p + q] * b.data[j * p + q];
                size += Math.abs(a.data[i * p + q] * b.data[j * p + q]);
              }
              expect(Math.abs(c.data[i * n + j] - sum)).toBeLessThanOrEqual(p * 2 ** -53 * size);
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('gives equal rows bit-equal products, in a block or at its edge', () => {
    const row = gaussian(1, 700).data;
    const same = matrixOfRows(Array.from({ length: 7 }, () => row));
    expect(new Set(timesTransposed(same, gaussian(1, 700, 2)).data).size).toBe(1);
    expect(new Set(timesTransposed(gaussian(1, 700, 2), same).data).size).toBe(1);
    expect(new Set(gram(same).data).size).toBe(1);
  });

  it('refuses rows of another length', () => {
    expect(() => timesTransposed(gaussian(2, 3), gaussian(2, 4))).toThrow(
      'timesTransposed: b, got rows of 4 values, wanted 3 as in a',
    );
  });
});

describe('gram', () => {
  it('is the product with itself, symmetric to the last bit', () => {
    for (const n of [1, 2, 5, 9, 16]) {
      const a = gaussian(n, 33);
      expect(gram(a)).toEqual(timesTransposed(a, a));
      expect(transpose(gram(a))).toEqual(gram(a));
    }
  });
});

describe('WebAssembly and TypeScript', () => {
  const { kernels, problem } = matrixKernels();
  if (kernels === null) throw new Error(`matrix kernels: ${problem}`);

  it('give the same bits for every shape around the blocks, and for NaN, infinities and negative zero', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 2, 3, 4, 5, 63, 64, 66, 130),
        fc.constantFrom(1, 3, 4, 7, 127, 128, 131),
        fc.constantFrom(1, 2, 16, 511, 512, 513, 1030),
        fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 5e-324),
        (m, n, p, special) => {
          const a = gaussian(m, p, 1);
          const b = gaussian(n, p, 2);
          a.data[a.data.length >> 1] = special;
          const inMemory = new Float64Array(m * n);
          const plain = new Float64Array(m * n);
          productsInMemory(kernels, a, b, inMemory, false);
          accumulate(a, b, plain, false);
          expect(inMemory).toEqual(plain);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('give the same lower triangle', () => {
    for (const n of [1, 5, 64, 65, 130, 200]) {
      const a = gaussian(n, 40);
      const inMemory = new Float64Array(n * n);
      const plain = new Float64Array(n * n);
      productsInMemory(kernels, a, a, inMemory, true);
      accumulate(a, a, plain, false);
      for (let i = 0; i < n; i++) {
        expect(inMemory.subarray(i * n, i * n + i + 1)).toEqual(plain.subarray(i * n, i * n + i + 1));
      }
    }
  });
});

describe('matrix', () => {
  it('refuses data that does not fill its shape, and rows of different lengths', () => {
    expect(() => matrix([1, 2, 3], 2, 2)).toThrow('matrix: data, got 3 values, wanted 4 for [2, 2]');
    expect(() => matrix([], -1, 0)).toThrow('wanted two non-negative integers');
    expect(() => matrixOfRows([[1], [1, 2]])).toThrow('matrixOfRows: row 1, got 2 values, wanted 1 as in row 0');
  });

  it('transposes across its tiles', () => {
    const a = gaussian(70, 33);
    const t = transpose(a);
    expect(t.data[32 * 70 + 69]).toBe(a.data[69 * 33 + 32]);
    expect(transpose(t)).toEqual(a);
  });
});
