import { describe, expect, it } from 'vitest';
import { cosines } from '../fixtures.js';
import { directionsHolding, effectiveRank, participationRatio, rankMe, stableRank } from './ranks.js';
import { spectra } from './singular-values.js';

const ranks = { effectiveRank, rankMe, stableRank, participationRatio };

describe.each(Object.entries(ranks))('%s', (_, rank) => {
  it('counts equal values: five equal and three zeros are 5', () => {
    expect(rank([2, 2, 2, 2, 2, 0, 0, 0])).toBeCloseTo(5, 4);
  });

  it('is 1 for a single value and at most the number of values', () => {
    expect(rank([7])).toBeCloseTo(1, 5);
    expect(rank([3, 1, 0.5])).toBeLessThan(3);
  });

  it('does not change with scale or order', () => {
    const values = [5, 3, 1, 0.1];
    const wanted = rank(values) ?? NaN;
    for (const scale of [1e-300, 1e300]) expect(rank(values.map((x) => x * scale))).toBeCloseTo(wanted, 12);
    expect(rank([...values].reverse())).toBeCloseTo(wanted, 12);
  });

  it('refuses what no spectrum has, instead of leaving it out', () => {
    for (const value of [NaN, Infinity, -1]) expect(() => rank([1, value])).toThrow(`got ${value} at place 1`);
  });

  it('is not defined for zeros', () => {
    expect(rank([0, 0])).toBeNull();
  });
});

describe('ranks', () => {
  it('give orthogonal embeddings of equal length the rank D', () => {
    const { singularValues, centredSingularValues } = spectra(cosines(40, 12));
    expect(rankMe(singularValues)).toBeCloseTo(12, 4);
    expect(effectiveRank(centredSingularValues.map((s) => s * s))).toBeCloseTo(12, 12);
  });

  it('differ as their formulas do: 3 and 1', () => {
    expect(stableRank([3, 1])).toBeCloseTo(10 / 9, 15);
    expect(participationRatio([3, 1])).toBeCloseTo(16 / 10, 15);
    expect(effectiveRank([3, 1])).toBeCloseTo(4 / 3 ** 0.75, 14);
    expect(rankMe([3, 1], { epsilon: 0 })).toBeCloseTo(4 / 3 ** 0.75, 14);
  });

  it('count the directions that hold a share of the variance', () => {
    expect(directionsHolding(0.99, [98, 1, 1])).toBe(2);
    expect(directionsHolding(0.5, [1, 1, 1, 1])).toBe(2);
    expect(directionsHolding(1, [5, 0, 0])).toBe(1);
    expect(directionsHolding(0.99, [0, 0])).toBeNull();
  });
});
