import { describe, expect, it } from 'vitest';
import { gaussian, mapped } from '../fixtures.js';
import { matrixOfRows } from '../matrix/matrix.js';
import { lnKPlateau, prototypeUsage } from './prototypes.js';

describe('prototypeUsage', () => {
  it('knows certain assignments, evenly spread: all of ln K', () => {
    const usage = prototypeUsage(
      matrixOfRows([
        [1, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 0, 1],
      ]),
    );
    expect(usage).toMatchObject({ meanEntropy: 0, sharpness: 1, used: 4, collapse: 'none' });
    for (const value of [usage.entropyOfMean, usage.information]) expect(value).toBeCloseTo(Math.log(4), 14);
    expect(usage.perplexity).toBeCloseTo(4, 13);
  });

  it('knows both collapses', () => {
    const uniform = prototypeUsage(mapped(gaussian(5, 8), () => 1 / 8));
    expect(uniform).toMatchObject({ collapse: 'uniform', used: 1 });
    expect(uniform.information).toBeLessThan(1e-14);
    expect(uniform.sharpness).toBeLessThan(1e-14);
    const one = prototypeUsage(mapped(gaussian(5, 8), (_, _i, j) => (j === 3 ? 1 : 0)));
    expect(one).toMatchObject({ collapse: 'few', entropyOfMean: 0, perplexity: 1, used: 1, sharpness: 1 });
  });

  it('counts a half-even use: two of four prototypes', () => {
    const usage = prototypeUsage(
      matrixOfRows([
        [1, 0, 0, 0],
        [0, 1, 0, 0],
      ]),
    );
    expect(usage).toMatchObject({ used: 2, collapse: 'none' });
    expect(usage.perplexity).toBeCloseTo(2, 14);
  });

  it('refuses scores, negative numbers and a single prototype', () => {
    expect(() => prototypeUsage(matrixOfRows([[2, 1]]))).toThrow('row 0 with sum 3, wanted 1; pass probabilities');
    expect(() => prototypeUsage(matrixOfRows([[2, -1]]))).toThrow('got -1 in row 0');
    expect(() => prototypeUsage(matrixOfRows([[1]]))).toThrow('wanted at least 1 row and 2 columns');
    expect(() => prototypeUsage(matrixOfRows([[NaN, 1]]))).toThrow('got NaN in row 0');
  });
});

describe('lnKPlateau', () => {
  const lnK = Math.log(100);

  it('sees a loss that never left ln K, and one that did after three steps', () => {
    expect(lnKPlateau([lnK, lnK * 1.005, lnK * 0.995], 100)).toMatchObject({ isOnPlateau: true, length: 3 });
    expect(lnKPlateau([lnK, lnK, lnK, 3, 2], 100)).toMatchObject({ isOnPlateau: false, length: 3 });
  });

  it('asks the last ten losses only', () => {
    const back = [2, ...new Array<number>(10).fill(lnK)];
    expect(lnKPlateau(back, 100)).toMatchObject({ isOnPlateau: true, length: 0 });
    expect(lnKPlateau(back, 100, { window: 11 }).isOnPlateau).toBe(false);
  });

  it('refuses no losses, a loss that is not finite, and one prototype', () => {
    expect(() => lnKPlateau([], 10)).toThrow('losses, got none');
    expect(() => lnKPlateau([1, NaN], 10)).toThrow('got NaN at step 1');
    expect(() => lnKPlateau([1], 1)).toThrow('k, got 1');
  });
});
