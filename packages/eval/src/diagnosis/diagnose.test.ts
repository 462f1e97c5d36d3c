import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rootStream } from '@jembench/core';
import { cosines, gaussian, mapped, reordered } from '../fixtures.js';
import { matrix, matrixOfRows, transpose, type Matrix } from '../matrix/matrix.js';
import { timesTransposed } from '../matrix/products.js';
import { rankFloors } from './criteria.js';
import { diagnose } from './diagnose.js';

const verdict = (z: Matrix): string => diagnose(z).verdict;

/** `rows` embeddings in `rank` random directions of `columns`. */
const lowRank = (rows: number, columns: number, rank: number): Matrix =>
  timesTransposed(gaussian(rows, rank, 11), transpose(gaussian(rank, columns, 12)));

const plus = (a: Matrix, noise: number): Matrix => {
  const n = gaussian(a.rows, a.columns, 99);
  return mapped(a, (x, i, j) => x + noise * n.data[i * a.columns + j]);
};

const oneHot = (rows: number, columns: number, clusters: number): Matrix =>
  mapped(gaussian(rows, columns), (_, i, j) => (i % clusters === j ? 1 : 0));

const everywhere = (rows: number, columns: number, row: Float64Array): Matrix =>
  mapped(gaussian(rows, columns), (_, _i, j) => row[j]);

describe('type 1: the same representation for every input', () => {
  const row = gaussian(1, 128, 5).data;

  it('is equal rows', () => {
    const d = diagnose(everywhere(200, 128, row));
    expect(d).toMatchObject({ verdict: 'type-1', stdTimesSqrtD: 0, spread: 0, relativeSpread: 0, rankCap: 128 });
    expect(d.reasons).toEqual(['all 200 embeddings are the same up to rounding: they differ by 0 of their length']);
    expect(d.effectiveRank).toBeNull();
    expect(d.notDefined.effectiveRank).toBe('the rows differ by rounding only');
    expect(d.rankMe).toBeCloseTo(1, 3);
  });

  it.each([1e-12, 1e-7, 1e-4, 1e-2])('is one row plus noise of %d', (noise) => {
    expect(verdict(plus(everywhere(100, 128, row), noise))).toBe('type-1');
  });

  it('is float32 rounding around one row', () => {
    const stream = rootStream(1);
    const z = mapped(everywhere(100, 64, row), (x) => Math.fround(x * (1 + (stream.uniform() - 0.5) * 2 ** -22)));
    expect(verdict(z)).toBe('type-1');
  });

  it('is nothing but zeros, and says which numbers are not defined', () => {
    const d = diagnose(matrix(new Float64Array(40), 10, 4));
    expect(d).toMatchObject({
      verdict: 'type-1',
      stdTimesSqrtD: null,
      rankMe: null,
      effectiveRank: null,
      zeroRows: 10,
    });
    expect(d.reasons).toEqual(['all 10 embeddings are zero']);
    expect(d.notDefined.rankMe).toBe('all embeddings are zero');
  });

  it('is one direction with different lengths, and says so', () => {
    const d = diagnose(mapped(gaussian(50, 16), (_, i, j) => (1 + (i % 7)) * row[j]));
    expect(d.verdict).toBe('type-1');
    expect(d.reasons[1]).toContain('only their lengths differ');
  });

  it('is a narrow cone with nothing inside but the length', () => {
    const ray = gaussian(300, 1, 3).data;
    const z = plus(
      mapped(gaussian(300, 64), (_, i, j) => (3 + ray[i]) * row[j]),
      0.02,
    );
    expect(diagnose(mapped(z, (x, i, j) => x + 0.25 * row[j + 64] * ray[(i + 1) % 300]))).toMatchObject({
      verdict: 'type-1',
    });
  });

  it('is all but a few rows', () => {
    const z = mapped(everywhere(300, 32, row), (x, i, j) => (i < 5 ? gaussian(1, 32, i + 50).data[j] : x));
    const d = diagnose(z);
    expect(d.verdict).toBe('type-1');
    expect(d.reasons[0]).toContain('all but 6 of 300 embeddings point the same way');
  });

  it('is one number again and again in one dimension, but not two numbers', () => {
    expect(verdict(matrixOfRows([[5], [5], [5.01]]))).toBe('type-1');
    expect(verdict(matrixOfRows([[5], [5], [9]]))).toBe('healthy');
  });

  it('is embeddings that a loss with a target has let shrink, whatever their directions', () => {
    const shrunk = mapped(gaussian(200, 32), (x) => 0.01 * x);
    expect(verdict(shrunk)).toBe('healthy');
    const d = diagnose(shrunk, { targetStd: 1 });
    expect(d.verdict).toBe('type-1');
    expect(d.reasons[0]).toContain('their mean standard deviation is 0.0101 where the loss asks for 1');
    expect(diagnose(gaussian(200, 32), { targetStd: 1 }).verdict).toBe('healthy');
  });
});

describe('type 2: very few directions', () => {
  it.each([1, 2])('is rank %i of 128', (rank) => {
    const d = diagnose(lowRank(400, 128, rank));
    expect(d.verdict).toBe('type-2');
    expect(d.effectiveRank).toBeLessThan(rank + 1e-9);
    expect(d.directions99).toBe(rank);
    expect(d.reasons.join()).toContain(`99 % of the variance lies in ${rank} of 128 dimensions`);
  });

  it.each([
    [1, 1e-6],
    [1, 0.01],
    [2, 1e-6],
    [2, 0.01],
  ])('is rank %i plus noise of %d', (rank, noise) => {
    expect(verdict(plus(lowRank(400, 128, rank), noise))).toBe('type-2');
  });

  it('is two points, wherever they are', () => {
    expect(verdict(mapped(gaussian(100, 64), (_, i, j) => (i % 2 === 0 ? 1 : -1) * (j + 1)))).toBe('type-2');
  });

  it('is a line beside the origin', () => {
    const t = gaussian(100, 1).data;
    expect(verdict(mapped(gaussian(100, 64), (_, i, j) => 1 + (j % 2 === 0 ? t[i] : 0)))).toBe('type-2');
  });

  it('is a line in small spaces too', () => {
    for (const columns of [2, 3, 8]) expect(verdict(lowRank(50, columns, 1))).toBe('type-2');
  });

  it('is an exact line even for few rows, but not an accident of few rows', () => {
    expect(verdict(lowRank(4, 64, 1))).toBe('type-2');
    for (let seed = 0; seed < 200; seed++) expect(verdict(gaussian(3, 2, seed))).not.toBe('type-2');
  });
});

describe('healthy', () => {
  it.each([
    [64, 512],
    [1000, 128],
    [50, 2],
    [50, 3],
    [200, 16],
    [20, 20],
    [8, 4],
    [3, 100],
  ])('is a Gaussian of %i x %i', (rows, columns) => {
    for (let seed = 0; seed < 5; seed++) {
      const d = diagnose(gaussian(rows, columns, seed));
      expect(d.verdict).toBe('healthy');
      expect(d.rankCap).toBe(Math.min(rows - 1, columns));
      expect(d.effectiveRank).toBeLessThanOrEqual(d.rankCap + 1e-9);
    }
  });

  it('is orthogonal embeddings: effective rank D', () => {
    const d = diagnose(cosines(200, 30));
    expect(d).toMatchObject({ verdict: 'healthy', directions99: 30 });
    expect(d.effectiveRank).toBeCloseTo(30, 10);
    expect(d.meanAbsCorrelation).toBeLessThan(1e-13);
  });

  it('is the features of a supervised network: as many directions as classes, less one', () => {
    const noise = 0.05;
    const d = diagnose(plus(oneHot(500, 128, 10), noise));
    expect(d.verdict).toBe('healthy');
    expect(diagnose(oneHot(500, 128, 10)).effectiveRank).toBeCloseTo(9, 10);
  });

  it('is one-hot clusters, as many as dimensions', () => {
    for (const clusters of [2, 3, 10, 128]) expect(verdict(oneHot(clusters * 30, clusters, clusters))).toBe('healthy');
  });

  it('is a low rank that the labels explain, and only then', () => {
    const labels = Int32Array.from({ length: 300 }, (_, i) => i % 2);
    const two = plus(
      mapped(gaussian(300, 64), (_, i, j) => (labels[i] === 0 ? 1 : -1) * (j + 1)),
      0.1,
    );
    expect(diagnose(two).verdict).toBe('type-2');
    const explained = diagnose(two, { labels });
    expect(explained.verdict).toBe('healthy');
    expect(explained.betweenClassShare).toBeGreaterThan(0.99);
    expect(explained.reasons.join()).toContain('lies between the 2 classes');
    const shuffled = rootStream(1).permutation(300);
    expect(diagnose(two, { labels: labels.map((_, i) => labels[shuffled[i]]) }).verdict).toBe('type-2');
    // Ten classes on one line are collapse, however well they are sorted along it.
    const ten = Int32Array.from({ length: 300 }, (_, i) => i % 10);
    const line = mapped(gaussian(300, 64), (_, i, j) => (ten[i] - 4.5) * (j + 1));
    expect(diagnose(line, { labels: ten }).verdict).toBe('type-2');
  });

  it('is positive features after a ReLU and averaging', () => {
    const raw = gaussian(300, 64 * 16);
    const pooled = mapped(gaussian(300, 64), (_, i, j) => {
      let sum = 0;
      for (let p = 0; p < 16; p++) sum += Math.max(0, raw.data[i * 1024 + j * 16 + p] + 0.5);
      return sum / 16;
    });
    expect(verdict(pooled)).toBe('healthy');
  });

  it('is heavy tails: Cauchy entries, Cauchy lengths, and one row a million times longer', () => {
    const stream = rootStream(4);
    const cauchy = mapped(gaussian(500, 64), (x) => x / stream.normal());
    expect(verdict(cauchy)).toBe('healthy');
    expect(verdict(mapped(gaussian(500, 64), (x, i) => x / Math.abs(gaussian(1, 500, 7).data[i])))).toBe('healthy');
    const d = diagnose(mapped(gaussian(500, 64), (x, i) => (i === 3 ? 1e6 * x : x)));
    expect(d.verdict).toBe('healthy');
    expect(d.effectiveRank).toBeLessThan(1.001);
    expect(d.reasons.join()).toContain('outlying rows');
  });

  it('is a cone around a mean three times as long as what varies', () => {
    const d = diagnose(mapped(gaussian(300, 64), (x) => x + 3));
    expect(d.verdict).toBe('healthy');
    expect(d.spread).toBeCloseTo(Math.sqrt(0.1), 1);
  });

  it('is two different embeddings, with type 2 not defined', () => {
    const d = diagnose(gaussian(2, 16));
    expect(d).toMatchObject({ verdict: 'healthy', rankCap: 1 });
    expect(d.reasons.join()).toContain('two embeddings can show one direction only');
  });

  it('is one dimension that varies, where there is no direction to speak of', () => {
    const d = diagnose(gaussian(100, 1));
    expect(d).toMatchObject({ verdict: 'healthy', rankCap: 1, stdTimesSqrtD: null, meanAbsCorrelation: null });
    expect(d.notDefined.stdTimesSqrtD).toBe('one dimension: normalising leaves a sign, not a direction');
  });
});

describe('diverged', () => {
  it('is a single NaN or infinity, found and counted', () => {
    const z = gaussian(10, 4);
    z.data[13] = NaN;
    z.data[30] = -Infinity;
    const d = diagnose(z);
    expect(d).toMatchObject({
      verdict: 'diverged',
      nonFinite: 2,
      effectiveRank: null,
      stdTimesSqrtD: null,
      rankCap: 4,
    });
    expect(d.reasons).toEqual([
      '2 of 40 values are NaN or infinite, the first (NaN) in row 3, column 1, counted from 0',
    ]);
  });
});

describe('diagnose', () => {
  const examples: [string, Matrix][] = [
    ['a Gaussian', gaussian(80, 12)],
    ['a constant', everywhere(80, 12, gaussian(1, 12).data)],
    ['rank one', lowRank(80, 12, 1)],
    ['a cone', plus(everywhere(80, 12, gaussian(1, 12).data), 0.01)],
  ];

  it.each(examples)('gives %s one verdict at every scale', (_, z) => {
    const wanted = diagnose(z);
    for (const scale of [1e20, 1e-20, 1e300, 1e-300, -1]) {
      const got = diagnose(mapped(z, (x) => x * scale));
      expect(got.verdict).toBe(wanted.verdict);
      for (const name of ['stdTimesSqrtD', 'rankMe', 'effectiveRank', 'meanAbsCorrelation'] as const) {
        if (wanted[name] === null || wanted.relativeSpread === 0) continue;
        expect(got[name]).toBeCloseTo(wanted[name], 8);
      }
    }
  });

  it.each(examples)('gives %s one verdict in every order of rows and columns', (_, z) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const stream = rootStream(seed);
        const rows = reordered(z, stream.permutation(z.rows));
        const both = transpose(reordered(transpose(rows), stream.permutation(z.columns)));
        const [wanted, got] = [diagnose(z), diagnose(both)];
        expect(got.verdict).toBe(wanted.verdict);
        if (wanted.effectiveRank !== null) expect(got.effectiveRank).toBeCloseTo(wanted.effectiveRank, 6);
      }),
      { numRuns: 10 },
    );
  });

  it('never reports a number that is not finite, nor a null without its reason', () => {
    const all = [
      ...examples.map(([, z]) => z),
      gaussian(2, 1),
      gaussian(2, 5),
      matrix(new Float64Array(6), 2, 3),
      gaussian(40, 60),
    ];
    for (const z of [...all, mapped(gaussian(3, 3), () => NaN)]) {
      const { reasons, notDefined, ...d } = diagnose(z);
      for (const [name, value] of Object.entries(d)) {
        if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
        expect(value === null, name).toBe(name in notDefined);
      }
      expect(reasons.length).toBeGreaterThan(0);
    }
  });

  it('says what it wants', () => {
    expect(() => diagnose(gaussian(1, 4))).toThrow('diagnose: embeddings, got shape [1, 4], wanted at least 2 rows');
    expect(() => diagnose(matrix([], 3, 0))).toThrow('got shape [3, 0]');
    expect(() => diagnose(gaussian(3, 2), { labels: [0, 1] })).toThrow('labels, got 2 labels, wanted 3');
    expect(() => diagnose(gaussian(3, 2), { targetStd: 0 })).toThrow('targetStd, got 0');
  });
});

describe('rankFloors', () => {
  it('are a quarter and half of the largest entropy, and none for a cap of one', () => {
    expect(rankFloors(1000, 16)).toEqual({ effectiveRank: 2, rankMe: 4 });
    expect(rankFloors(5, 4)).toEqual({ effectiveRank: 1.01, rankMe: 1.01 });
    expect(rankFloors(1000, 1)).toBeNull();
  });
});
