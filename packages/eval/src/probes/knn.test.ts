import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rootStream } from '@jembench/core';
import { gaussian, mapped, reordered } from '../fixtures.js';
import { matrixOfRows, type Matrix } from '../matrix/matrix.js';
import { knnProbe } from './knn.js';

const angle = (degrees: number): number[] => [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];

/** The definition, one pair at a time. */
function reference(
  train: Matrix,
  labels: Int32Array,
  test: Matrix,
  k: number,
  temperature: number,
  classes: number,
): number[][] {
  const d = train.columns;
  const unit = (m: Matrix, i: number): Float64Array => {
    const row = m.data.slice(i * d, (i + 1) * d);
    const norm = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
    return row.map((x) => x / norm);
  };
  return Array.from({ length: test.rows }, (_, i) => {
    const asked = unit(test, i);
    const all = Array.from({ length: train.rows }, (_row, n) => ({
      n,
      s: unit(train, n).reduce((sum, x, j) => sum + x * asked[j], 0),
    }));
    all.sort((a, b) => b.s - a.s || a.n - b.n);
    const votes = new Array<number>(classes).fill(0);
    for (const { n, s } of all.slice(0, k)) votes[labels[n]] += Math.exp(s / temperature);
    const total = votes.reduce((sum, v) => sum + v, 0);
    return votes.map((v) => v / total);
  });
}

describe('knnProbe', () => {
  it('asks the nearest direction when k is 1', () => {
    const train = matrixOfRows([angle(0), angle(90), angle(180)]);
    const test = matrixOfRows([angle(30), angle(80), angle(100), angle(170)]);
    const { predictions, top1, minRelativeMargin } = knnProbe(train, [0, 1, 2], test, [0, 1, 1, 0], { k: 1 });
    expect([...predictions]).toEqual([0, 1, 1, 2]);
    expect(top1).toMatchObject({ percent: 75, correct: 3, count: 4 });
    expect(minRelativeMargin).toBe(1);
  });

  it('weighs one near vote against two far ones by exp(similarity / T)', () => {
    const train = matrixOfRows([angle(0), angle(60), angle(60)]);
    const labels = [0, 1, 1];
    const test = matrixOfRows([angle(0)]);
    // Similarities 1 and 0.5: 2 exp(-0.5 / T) is above 1 from T = 0.5 / ln 2 = 0.72 on.
    expect(knnProbe(train, labels, test, [0], { k: 3, temperature: 0.7 }).predictions[0]).toBe(0);
    expect(knnProbe(train, labels, test, [0], { k: 3, temperature: 0.74 }).predictions[0]).toBe(1);
    const { votes } = knnProbe(train, labels, test, [0], { k: 3, temperature: 1 });
    expect(votes.data[0]).toBeCloseTo(1 / (1 + 2 * Math.exp(-0.5)), 14);
  });

  it('agrees with the definition', () => {
    const stream = rootStream(3);
    for (const [n, m, d, classes] of [
      [7, 5, 2, 3],
      [130, 140, 9, 4],
    ]) {
      const train = gaussian(n, d, 1);
      const test = gaussian(m, d, 2);
      const labels = Int32Array.from({ length: n }, () => stream.integer(classes));
      for (const k of [1, 5, n]) {
        const { votes, predictions } = knnProbe(train, labels, test, new Int32Array(m), { k, classes });
        const wanted = reference(train, labels, test, k, 0.07, classes);
        wanted.forEach((row, i) => {
          row.forEach((share, c) => {
            expect(votes.data[i * classes + c]).toBeCloseTo(share, 12);
          });
          expect(predictions[i]).toBe(row.indexOf(Math.max(...row)));
        });
      }
    }
  });

  it('gives a tie to the training rows that come first, then to the smaller class', () => {
    const same = mapped(gaussian(10, 3), () => 1);
    // Every similarity is equal: the first 3 rows vote.
    expect(knnProbe(same, [2, 2, 1, 0, 0, 0, 0, 0, 0, 0], same, new Int32Array(10), { k: 3 }).predictions[0]).toBe(2);
    expect(knnProbe(same, [2, 1, 0, 0, 0, 0, 0, 0, 0, 0], same, new Int32Array(10), { k: 2 }).predictions[0]).toBe(1);
    expect(knnProbe(same, [2, 1, 0, 0, 0, 0, 0, 0, 0, 0], same, new Int32Array(10), { k: 2 }).minRelativeMargin).toBe(
      0,
    );
  });

  it('does not depend on the order of training rows, on the scale of any row, or on a common rotation', () => {
    const train = gaussian(40, 6, 1);
    const test = gaussian(15, 6, 2);
    const labels = Int32Array.from({ length: 40 }, (_, i) => i % 4);
    const wanted = knnProbe(train, labels, test, new Int32Array(15));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: -300, max: 300 }), (seed, power) => {
        const order = rootStream(seed).permutation(40);
        const moved = mapped(reordered(train, order), (x, i) => x * 2 ** ((power * i) / 40));
        const got = knnProbe(
          moved,
          order.map((i) => labels[i]),
          test,
          new Int32Array(15),
        );
        expect(got.predictions).toEqual(wanted.predictions);
      }),
      { numRuns: 30 },
    );
  });

  it('stands a temperature that would overflow and a row of zeros', () => {
    const train = matrixOfRows([angle(0), angle(90), [0, 0]]);
    const { votes } = knnProbe(train, [0, 1, 2], matrixOfRows([angle(10)]), [0], { k: 3, temperature: 1e-4 });
    expect([...votes.data]).toEqual([1, 0, 0]);
    expect([...knnProbe(train, [0, 1, 2], matrixOfRows([[0, 0]]), [0], { k: 3 }).votes.data]).toEqual([
      1 / 3,
      1 / 3,
      1 / 3,
    ]);
  });

  it('counts the first five classes for top 5, and has none with four classes', () => {
    const train = gaussian(60, 5, 1);
    const labels = Int32Array.from({ length: 60 }, (_, i) => i % 6);
    const wanted = Int32Array.from({ length: 30 }, (_, i) => i % 6);
    const { top5, top1 } = knnProbe(train, labels, gaussian(30, 5, 2), wanted, { k: 60 });
    expect(top5?.correct).toBeGreaterThan(top1.correct);
    expect(top5?.correct).toBeLessThan(30);
    expect(
      knnProbe(
        train,
        labels.map((l) => l % 4),
        gaussian(30, 5, 2),
        wanted.map((l) => l % 4),
      ).top5,
    ).toBeNull();
  });

  it('refuses what does not fit', () => {
    const train = gaussian(4, 2);
    const test = gaussian(1, 2);
    expect(() => knnProbe(train, [0, 0, 0, 0], test, [0])).toThrow(
      'knnProbe: k, got 20, wanted an integer from 1 to 4',
    );
    expect(() => knnProbe(train, [0, 0, 0], test, [0], { k: 1 })).toThrow('trainLabels, got 3 labels, wanted 4');
    expect(() => knnProbe(train, [0, 0, 0, -1], test, [0], { k: 1 })).toThrow('trainLabels, got -1 in row 3');
    expect(() => knnProbe(train, [0, 1, 2, 3], test, [5], { k: 1, classes: 4 })).toThrow('testLabels, got 5 in row 0');
    expect(() => knnProbe(train, [0, 0, 0, 0], gaussian(1, 3), [0], { k: 1 })).toThrow(
      'got rows of 3 values, wanted 2',
    );
    expect(() => knnProbe(train, [0, 0, 0, 0], test, [0], { k: 1, temperature: 0 })).toThrow('temperature, got 0');
    expect(() =>
      knnProbe(
        mapped(train, () => NaN),
        [0, 0, 0, 0],
        test,
        [0],
        { k: 1 },
      ),
    ).toThrow('train, got NaN in row 0');
  });
});
