import { describe, expect, it } from 'vitest';
import { gaussian, mapped } from '../fixtures.js';
import { matrixOfRows } from '../matrix/matrix.js';
import { normalisedStd, relativeSpread } from './normalised-std.js';

describe('normalisedStd', () => {
  it('is sqrt(2 / 3), times sqrt(2), for the four directions of a compass', () => {
    const compass = matrixOfRows([
      [1, 0],
      [-5, 0],
      [0, 2],
      [0, -0.1],
    ]);
    const { perDimension, timesSqrtD, spread } = normalisedStd(compass);
    // Two of four values are 1 and -1, the mean is 0, the divisor 3.
    expect(perDimension[0]).toBeCloseTo(Math.sqrt(2 / 3), 15);
    expect(timesSqrtD).toBeCloseTo(Math.sqrt(2 / 3) * Math.SQRT2, 15);
    expect(spread).toBeCloseTo(Math.sqrt(4 / 3), 15);
  });

  it('is near 1 for directions spread evenly', () => {
    const { timesSqrtD, spread } = normalisedStd(gaussian(500, 64));
    expect(timesSqrtD).toBeCloseTo(1, 2);
    expect(spread).toBeCloseTo(1, 2);
  });

  it('is exactly 0 for equal rows, and for rows of one direction and different lengths nearly', () => {
    const row = gaussian(1, 20).data;
    expect(normalisedStd(matrixOfRows([row, row, row])).spread).toBe(0);
    expect(normalisedStd(matrixOfRows([row, row.map((x) => 3 * x)])).spread).toBeLessThan(1e-15);
  });

  it('keeps its spread under rotation, where the mean of the standard deviations changes', () => {
    // +-e1 in 64 dimensions, and the same along the diagonal.
    const axis = matrixOfRows([1, -1].map((sign) => Float64Array.from({ length: 64 }, (_, j) => (j === 0 ? sign : 0))));
    const diagonal = matrixOfRows([1, -1].map((sign) => new Float64Array(64).fill(sign)));
    expect(normalisedStd(axis).spread).toBeCloseTo(normalisedStd(diagonal).spread, 14);
    expect(normalisedStd(axis).timesSqrtD).toBeCloseTo(Math.SQRT2 / 8, 14);
    expect(normalisedStd(diagonal).timesSqrtD).toBeCloseTo(Math.SQRT2, 14);
  });

  it('has 1 - spread^2 as the mean cosine of two different rows', () => {
    const z = mapped(gaussian(30, 5), (x, _i, j) => x + j);
    let sum = 0;
    const norm = (i: number): number => Math.hypot(...z.data.subarray(i * 5, i * 5 + 5));
    for (let i = 0; i < 30; i++) {
      for (let k = 0; k < i; k++) {
        let dot = 0;
        for (let j = 0; j < 5; j++) dot += z.data[i * 5 + j] * z.data[k * 5 + j];
        sum += dot / (norm(i) * norm(k));
      }
    }
    expect(1 - normalisedStd(z).spread ** 2).toBeCloseTo(sum / 435, 13);
  });

  it('refuses one row', () => {
    expect(() => normalisedStd(gaussian(1, 3))).toThrow('wanted at least 2 rows');
  });
});

describe('relativeSpread', () => {
  it('is the deviation over the length: 9 and 11', () => {
    // Variance 2 with divisor 1, mean square 101.
    expect(relativeSpread(matrixOfRows([[9], [11]]))).toBeCloseTo(Math.sqrt(2 / 101), 15);
  });

  it('is 0 for equal rows and not defined for zeros', () => {
    expect(relativeSpread(matrixOfRows([[0.1], [0.1], [0.1]]))).toBe(0);
    expect(relativeSpread(matrixOfRows([[0], [0]]))).toBeNull();
  });
});
