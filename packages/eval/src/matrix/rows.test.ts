import { describe, expect, it } from 'vitest';
import { gaussian, mapped } from '../fixtures.js';
import { magnitude, matrixOfRows, requireFinite } from './matrix.js';
import { centred, columnMeans, normalisedRows, scaledToUnit } from './rows.js';

describe('columnMeans', () => {
  it('is exact for columns of one value, so that nothing is left after centring', () => {
    const rows = matrixOfRows(Array.from({ length: 1001 }, () => [0.1, 1e15 / 3, -7]));
    expect([...columnMeans(rows)]).toEqual([0.1, 1e15 / 3, -7]);
    expect(centred(rows).data.every((x) => x === 0)).toBe(true);
  });
});

describe('normalisedRows', () => {
  it('makes a 3-4-5 triangle 0.6 and 0.8 at any scale', () => {
    for (const scale of [1, 1e-200, 1e200, 5e-320]) {
      const { unit } = normalisedRows(matrixOfRows([[3 * scale, 4 * scale]]));
      // The smallest scale is subnormal and has 3 digits.
      const digits = scale === 5e-320 ? 3 : 15;
      expect(unit.data[0]).toBeCloseTo(0.6, digits);
      expect(unit.data[1]).toBeCloseTo(0.8, digits);
    }
  });

  it('leaves a row of zeros and counts it', () => {
    const { unit, zeroRows } = normalisedRows(
      matrixOfRows([
        [0, 0],
        [0, 2],
      ]),
    );
    expect([...unit.data]).toEqual([0, 0, 0, 1]);
    expect(zeroRows).toBe(1);
  });
});

describe('scaledToUnit', () => {
  it('brings the largest magnitude into [1, 2) and is undone exactly', () => {
    for (const scale of [1, 1e20, 1e-20, 1e300, 1e-300]) {
      const a = mapped(gaussian(5, 4), (x) => x * scale);
      const { scaled, scale: power } = scaledToUnit(a, magnitude(a).largest);
      const { largest } = magnitude(scaled);
      expect(largest).toBeGreaterThanOrEqual(1);
      expect(largest).toBeLessThan(2);
      expect(scaled.data.map((x) => x * power)).toEqual(a.data);
    }
  });
});

describe('requireFinite', () => {
  it('names the first value that is not finite', () => {
    const a = matrixOfRows([
      [1, 2],
      [3, NaN],
      [Infinity, 0],
    ]);
    expect(() => {
      requireFinite('knnProbe', 'train', a);
    }).toThrow('knnProbe: train, got NaN in row 1, column 1 (2 such values in all), wanted finite numbers');
  });
});
