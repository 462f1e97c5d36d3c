import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contingency } from './contingency.js';
import { adjustedRandIndex, hungarianAccuracy, nmi, purity } from './scores.js';

const labels = [0, 0, 0, 1, 1, 1, 2, 2, 2];
const renamed = [2, 2, 2, 0, 0, 0, 1, 1, 1];

/** Best correct count over every one-to-one map of clusters to classes. */
function bestMatching(table: number[][]): number {
  const [first, ...rest] = table;
  if (first === undefined) return 0;
  // Leaving a cluster without a class is a choice as well.
  let best = bestMatching(rest);
  first.forEach((count, j) => {
    best = Math.max(best, count + bestMatching(rest.map((row) => row.map((x, k) => (k === j ? 0 : x)))));
  });
  return best;
}

describe('contingency', () => {
  it('counts', () => {
    const table = contingency([0, 1, 1, 0], [2, 2, 0, 2]);
    expect(table).toMatchObject({ rows: 2, columns: 3 });
    expect([...table.data]).toEqual([0, 0, 2, 1, 0, 1]);
  });

  it('refuses lists of different lengths, names that are no indices, and nothing', () => {
    expect(() => contingency([0], [0, 1])).toThrow('assignments, got 1 labels, wanted 2');
    expect(() => contingency([0, -1], [0, 1])).toThrow('assignments, got -1 in row 1');
    expect(() => contingency([], [])).toThrow('wanted at least one row');
  });
});

describe('cluster scores', () => {
  it('are perfect whatever the clusters are called', () => {
    expect(nmi(renamed, labels)).toBe(1);
    expect(adjustedRandIndex(renamed, labels)).toBe(1);
    expect(hungarianAccuracy(renamed, labels).percent).toBe(100);
    expect(purity(renamed, labels).percent).toBe(100);
  });

  it('know one cluster for everything: no information, the largest class right', () => {
    const one = labels.map(() => 0);
    expect(nmi(one, labels)).toBe(0);
    expect(adjustedRandIndex(one, labels)).toBe(0);
    expect(hungarianAccuracy(one, labels).correct).toBe(3);
    expect(nmi(one, one)).toBe(1);
    expect(adjustedRandIndex(one, one)).toBe(1);
  });

  it('know independent groupings: four rows, both halves crossed', () => {
    expect(nmi([0, 0, 1, 1], [0, 1, 0, 1])).toBe(0);
    expect(adjustedRandIndex([0, 0, 1, 1], [0, 1, 0, 1])).toBeCloseTo(-0.5, 15);
    expect(hungarianAccuracy([0, 0, 1, 1], [0, 1, 0, 1]).percent).toBe(50);
  });

  it('halve the information when two classes share a cluster', () => {
    // H(clusters) = ln 2, H(classes) = 1.5 ln 2, and the clusters are a function of the classes: I = ln 2.
    const nested = [0, 0, 1, 1];
    const finer = [0, 1, 2, 2];
    expect(nmi(nested, finer)).toBeCloseTo(1 / 1.25, 15);
    expect(nmi(nested, finer, { average: 'geometric' })).toBeCloseTo(1 / Math.sqrt(1.5), 15);
  });

  it('leave clusters without a class wrong in the Hungarian accuracy, but not in purity', () => {
    const split = [0, 1, 2, 3, 4, 5, 6, 7, 8];
    expect(hungarianAccuracy(split, labels).correct).toBe(3);
    expect(purity(split, labels).correct).toBe(9);
  });

  it('find the best matching, as by trying all', () => {
    const rows = fc.array(fc.tuple(fc.nat(4), fc.nat(3)), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(rows, (pairs) => {
        const clusters = pairs.map(([c]) => c);
        const classes = pairs.map(([, k]) => k);
        const table = contingency(clusters, classes, { clusters: 5, classes: 4 });
        const asRows = Array.from({ length: 5 }, (_, i) => [...table.data.subarray(i * 4, i * 4 + 4)]);
        expect(hungarianAccuracy(clusters, classes).correct).toBe(bestMatching(asRows));
        expect(nmi(clusters, classes)).toBeCloseTo(nmi(classes, clusters), 12);
      }),
    );
  });
});
