import { describe, expect, it } from 'vitest';
import { alphaReq } from './alpha-req.js';

const power = (alpha: number, n: number): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => 7 * (i + 1) ** -alpha);

describe('alphaReq', () => {
  it.each([0, 0.5, 1, 2.5])('reads the exponent %d off an exact power law, with either weights', (alpha) => {
    for (const weights of ['rank', 'none'] as const) {
      expect(alphaReq(power(alpha, 200), { weights })?.alpha).toBeCloseTo(alpha, 12);
      expect(alphaReq(power(alpha, 200), { weights, from: 0, to: 30 })?.alpha).toBeCloseTo(alpha, 12);
    }
  });

  it('fits ranks 11 to 100, or to the last', () => {
    expect(alphaReq(power(1, 200))?.ranks).toEqual([11, 100]);
    expect(alphaReq(power(1, 40))?.ranks).toEqual([11, 40]);
  });

  it('does not look at the first ten', () => {
    const eigenvalues = power(1, 60);
    eigenvalues[0] = 1e6;
    expect(alphaReq(eigenvalues)?.alpha).toBeCloseTo(1, 10);
  });

  it('is not defined for too few eigenvalues or for zeros among them', () => {
    expect(alphaReq(power(1, 14))).toBeNull();
    expect(alphaReq(power(1, 15))).not.toBeNull();
    expect(alphaReq(power(1, 50).fill(0, 20))).toBeNull();
  });

  it('refuses an empty range', () => {
    expect(() => alphaReq(power(1, 50), { from: 5, to: 5 })).toThrow('alphaReq: range, got from 5 to 5');
  });
});
