import { rootStream } from '@jembench/core';
import { describe, expect, it } from 'vitest';
import { proportionalQuotas, stratifiedSubset } from './subset.js';

describe('proportionalQuotas', () => {
  it.each([
    [[50, 50], 10, [5, 5]],
    [[10, 20, 30], 6, [1, 2, 3]],
    [[1, 1, 1], 2, [1, 1, 0]],
    [[7, 3], 5, [4, 1]], // 3.5 and 1.5: the first of equal remainders
    [[0, 4], 3, [0, 3]],
    [[5, 5], 10, [5, 5]],
  ])('shares %o of %i', (sizes, count, quotas) => {
    expect(proportionalQuotas(sizes, count)).toEqual(quotas);
  });
});

describe('stratifiedSubset', () => {
  const labels = Array.from({ length: 90 }, (_, i) => (i % 9 < 6 ? 0 : 1));
  const subset = (seed: number): Int32Array => stratifiedSubset(labels, 2, 30, rootStream(seed));

  it('keeps the proportions and the order, and takes no image twice', () => {
    const chosen = [...subset(1)];
    expect(chosen.filter((i) => labels[i] === 0).length).toBe(20);
    expect(chosen.filter((i) => labels[i] === 1).length).toBe(10);
    expect(chosen).toEqual([...new Set(chosen)].sort((a, b) => a - b));
  });

  it('depends on the seed alone', () => {
    expect(subset(1)).toEqual(subset(1));
    expect(subset(1)).not.toEqual(subset(2));
  });

  it('grows: a larger subset of the same seed contains the smaller', () => {
    const larger = new Set(stratifiedSubset(labels, 2, 60, rootStream(1)));
    expect([...subset(1)].every((i) => larger.has(i))).toBe(true);
  });
});
