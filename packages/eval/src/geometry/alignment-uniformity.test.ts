import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gaussian, mapped, reordered } from '../fixtures.js';
import { matrixOfRows, type Matrix } from '../matrix/matrix.js';
import { alignment, alignmentUniformity, uniformity } from './alignment-uniformity.js';

const opposite = matrixOfRows([
  [2, 0],
  [-3, 0],
]);

describe('alignment', () => {
  it('is 0 for equal views and 4 for opposite ones, 2 with alpha 1', () => {
    const z = gaussian(6, 4);
    const away = mapped(z, (x) => -2 * x);
    expect(alignment(z, z)).toBe(0);
    expect(alignment(z, away)).toBeCloseTo(4, 14);
    expect(alignment(z, away, { alpha: 1 })).toBeCloseTo(2, 14);
  });

  it('refuses views of different shapes', () => {
    expect(() => alignment(gaussian(2, 3), gaussian(3, 3))).toThrow(
      'alignment: b, got shape [3, 3], wanted [2, 3] as a',
    );
    expect(() => alignment(gaussian(2, 3), gaussian(2, 3), { alpha: 0 })).toThrow('alpha, got 0');
  });
});

describe('uniformity', () => {
  it('is -4 t for two opposite rows and 0 for equal ones', () => {
    expect(uniformity(opposite)).toBeCloseTo(-8, 14);
    expect(uniformity(opposite, { t: 3 })).toBeCloseTo(-12, 14);
    const row = gaussian(1, 7).data;
    expect(Math.abs(uniformity(matrixOfRows([row, row, row])))).toBeLessThan(1e-14);
  });

  it('is the same over several blocks of pairs as by definition', () => {
    const z = gaussian(300, 3);
    const unit = mapped(z, (x, i) => x / Math.hypot(...z.data.subarray(i * 3, i * 3 + 3)));
    let sum = 0;
    for (let i = 0; i < 300; i++) {
      for (let k = 0; k < i; k++) {
        let d = 0;
        for (let j = 0; j < 3; j++) d += (unit.data[i * 3 + j] - unit.data[k * 3 + j]) ** 2;
        sum += Math.exp(-2 * d);
      }
    }
    expect(uniformity(z)).toBeCloseTo(Math.log(sum / (150 * 299)), 12);
  });

  it('does not depend on the order of rows or on their lengths', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }),
        fc.integer({ min: -60, max: 60 }),
        (order, power) => {
          const z = gaussian(6, 3);
          expect(uniformity(mapped(reordered(z, order), (x, i) => x * 2 ** (power * (i % 2))))).toBeCloseTo(
            uniformity(z),
            13,
          );
        },
      ),
      { numRuns: 30 },
    );
  });

  it('refuses one row and a t that loses everything', () => {
    expect(() => uniformity(gaussian(1, 2))).toThrow('wanted at least 2 rows');
    expect(() => uniformity(opposite, { t: 101 })).toThrow('t, got 101, wanted at most 100');
  });
});

describe('alignmentUniformity', () => {
  it.each([
    [2, 2],
    [1, 0.5],
    [3, 5],
  ])('has the gradient of finite differences, alpha %d and t %d', (alpha, t) => {
    const a = gaussian(5, 3, 1);
    const b = mapped(a, (x, i, j) => x + 0.3 * Math.sin(i + 2 * j));
    const { gradients } = alignmentUniformity(a, b, { alpha, t });
    const nudged = (z: Matrix, p: number, by: number): Matrix => ({
      ...z,
      data: z.data.map((x, q) => (q === p ? x + by : x)),
    });
    const total = (x: Matrix, y: Matrix): number => alignmentUniformity(x, y, { alpha, t }).total;
    for (let p = 0; p < 15; p++) {
      const h = 1e-5;
      expect(gradients.a.data[p]).toBeCloseTo((total(nudged(a, p, h), b) - total(nudged(a, p, -h), b)) / (2 * h), 8);
      expect(gradients.b.data[p]).toBeCloseTo((total(a, nudged(b, p, h)) - total(a, nudged(b, p, -h))) / (2 * h), 8);
    }
  });

  it('gives a row of zeros no gradient and equal views a finite one', () => {
    const a = mapped(gaussian(4, 3), (x, i) => (i === 0 ? 0 : x));
    const { gradients } = alignmentUniformity(a, a, { alpha: 1 });
    expect([...gradients.a.data.subarray(0, 3)]).toEqual([0, 0, 0]);
    expect(gradients.a.data.every(Number.isFinite)).toBe(true);
  });
});
