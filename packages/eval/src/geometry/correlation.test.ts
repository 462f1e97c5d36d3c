import { describe, expect, it } from 'vitest';
import { cosines, gaussian, mapped } from '../fixtures.js';
import { meanAbsoluteCorrelation } from './correlation.js';

describe('meanAbsoluteCorrelation', () => {
  it('is 1 when every dimension carries one signal, whatever its sign and scale', () => {
    const one = gaussian(50, 1).data;
    const z = mapped(gaussian(50, 4), (_, i, j) => one[i] * (j - 1.5) * 10 ** (60 * j) + 7);
    const { meanAbsolute, constantDimensions } = meanAbsoluteCorrelation(z);
    expect(meanAbsolute).toBeCloseTo(1, 12);
    expect(constantDimensions).toBe(0);
  });

  it('is 0 for orthogonal dimensions, means added', () => {
    expect(meanAbsoluteCorrelation(mapped(cosines(40, 6), (x, _i, j) => x + 3 * j)).meanAbsolute).toBeLessThan(1e-14);
  });

  it('is what one repeated pair among three contributes: a third', () => {
    const z = cosines(40, 2);
    const three = mapped(gaussian(40, 3), (_, i, j) => z.data[i * 2 + Math.min(j, 1)]);
    expect(meanAbsoluteCorrelation(three).meanAbsolute).toBeCloseTo(1 / 3, 14);
  });

  it('leaves constant dimensions out and counts them', () => {
    const z = mapped(gaussian(20, 4), (x, _i, j) => (j < 2 ? 0.1 : x));
    expect(meanAbsoluteCorrelation(z).constantDimensions).toBe(2);
    expect(meanAbsoluteCorrelation(mapped(z, (x, _i, j) => (j < 3 ? 0.1 : x))).meanAbsolute).toBeNull();
    expect(meanAbsoluteCorrelation(gaussian(20, 1)).meanAbsolute).toBeNull();
  });
});
