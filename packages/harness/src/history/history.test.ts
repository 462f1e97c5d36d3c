import { describe, expect, it } from 'vitest';
import { rootStream } from '@jembench/core';
import { changePoints, defaultChangePointRule } from './change-points.js';
import { bestSplit, isSignificant } from './split.js';
import { detectionReport, detectionSummary, syntheticHistory, usualChanges, usualNoise } from './synthetic.js';
import { detectionTable } from './table.js';

const stream = (name: string) => rootStream(6).fork(name);
const steady = (nights: number, name: string, sigma = 0.02): number[] =>
  syntheticHistory(nights, [], { ...usualNoise, sigma }, stream(name));

describe('bestSplit', () => {
  it('has the energy statistic of two constants: 2 m n / (m + n) times their distance', () => {
    expect(bestSplit([1, 1, 1, 4, 4, 4, 4, 4, 4], 2)).toEqual({ index: 3, statistic: ((3 * 6) / 9) * 2 * 3 });
  });

  it('agrees with the definition at every cut', () => {
    const values = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3];
    const meanDistance = (x: readonly number[], y: readonly number[]): number =>
      x.flatMap((a) => y.map((b) => Math.abs(a - b))).reduce((sum, d) => sum + d, 0) / (x.length * y.length);
    const statistics = [2, 3, 4, 5, 6, 7, 8].map((cut) => {
      const [x, y] = [values.slice(0, cut), values.slice(cut)];
      const energy = 2 * meanDistance(x, y) - meanDistance(x, x) - meanDistance(y, y);
      return ((x.length * y.length) / values.length) * energy;
    });
    const best = bestSplit(values, 2);
    expect(best?.statistic).toBeCloseTo(Math.max(...statistics), 12);
    expect(best?.index).toBe(2 + statistics.indexOf(Math.max(...statistics)));
  });

  it('has no place in a series that is too short', () => {
    expect(bestSplit([1, 2, 3], 2)).toBeNull();
  });
});

describe('isSignificant', () => {
  it('finds a change in noise as often as it says: a twentieth at 5 %', () => {
    const random = stream('size');
    let found = 0;
    for (let i = 0; i < 1000; i++) {
      const values = Float64Array.from({ length: 20 }, () => random.normal());
      const split = bestSplit(values, 4);
      if (split !== null && isSignificant(values, split, 4, 0.05, random)) found++;
    }
    // 50 expected; 31 to 71 is 99.8 % of the binomial distribution.
    expect(found).toBeGreaterThanOrEqual(31);
    expect(found).toBeLessThanOrEqual(71);
  });
});

describe('changePoints', () => {
  it('names the first night of a change, its size, and the night on which it was sure', () => {
    const values = syntheticHistory(60, [{ index: 40, factor: 1.1 }], { ...usualNoise, sigma: 0.01 }, stream('one'));
    const [change, ...rest] = changePoints(values, stream('p'));
    expect(rest).toEqual([]);
    expect(change.index).toBe(40);
    expect(change.foundAt).toBe(45);
    expect(change.effect).toBeCloseTo(Math.log(1.1), 1);
    expect(change.earliest).toBeLessThanOrEqual(40);
    expect(change.latest).toBeGreaterThanOrEqual(40);
    expect(change.after / change.before).toBeCloseTo(Math.exp(change.effect), 12);
  });

  it('does not move what it has told when nights are added', () => {
    const values = syntheticHistory(400, usualChanges, usualNoise, stream('prefix'));
    const whole = changePoints(values, stream('p'));
    expect(whole.length).toBeGreaterThanOrEqual(3);
    for (const nights of [150, 250, 350]) {
      expect(changePoints(values.slice(0, nights), stream('p'))).toEqual(
        whole.filter(({ foundAt }) => foundAt < nights),
      );
    }
  });

  it('is not fooled by two bad nights', () => {
    const values = steady(100, 'spike');
    values[50] *= 2;
    values[51] *= 2;
    expect(changePoints(values, stream('p'))).toEqual([]);
  });

  it('leaves a change alone that is too small to matter', () => {
    const values = Array.from({ length: 100 }, (_, i) => (i < 50 ? 10 : 10.2) + 1e-6 * i);
    expect(changePoints(values, stream('p'))).toEqual([]);
    expect(changePoints(values, stream('p'), { ...defaultChangePointRule, effect: 0.01 })).toHaveLength(1);
  });

  it('counts accuracies in points', () => {
    const values = Array.from({ length: 60 }, (_, i) => (i < 30 ? 60 : 58) + 0.1 * Math.sin(i));
    const [change] = changePoints(values, stream('p'), { ...defaultChangePointRule, scale: 'linear', effect: 1 });
    expect(change).toMatchObject({ index: 30 });
    expect(change.effect).toBeCloseTo(-2, 1);
  });

  it('refuses numbers that are none', () => {
    expect(() => changePoints([1, NaN], stream('p'))).toThrow('sample 1, got NaN');
    expect(() => changePoints([1, 0], stream('p'))).toThrow('value 1, got 0, wanted a positive number');
    expect(() => changePoints([1], stream('p'), { ...defaultChangePointRule, segment: 30 })).toThrow('rule, got');
    expect(changePoints([], stream('p'))).toEqual([]);
  });
});

describe('histories of 1,000 nights', () => {
  const reports = (histories: number, changes: typeof usualChanges, sigma: number) =>
    detectionSummary(
      Array.from({ length: histories }, (_, i) => {
        const own = stream(`history ${changes.length} ${sigma}`).fork(i);
        const values = syntheticHistory(1000, changes, { ...usualNoise, sigma }, own.fork('values'));
        return detectionReport(values, changes, own.fork('test'));
      }),
    );

  it('with eight changes of 4 to 20 %: 95 % found, half of them in the six nights that a change must last', () => {
    const summary = reports(10, usualChanges, 0.02);
    expect(summary).toMatchObject({ nights: 10_000, changes: 80, medianDelay: 6 });
    expect(summary.found).toBeGreaterThanOrEqual(76);
    expect(summary.longestDelay).toBeLessThanOrEqual(40);
    expect(summary.inRange).toBeGreaterThan(0.85);
    expect(summary.falseAlarms).toBeLessThanOrEqual(3);
  });

  it('without a change: fewer than one false alarm in 2,000 nights', () => {
    expect(reports(20, [], 0.02).falseAlarms).toBeLessThanOrEqual(10);
  });

  it('would tell in the table if nothing were found', () => {
    const blind = detectionSummary([
      detectionReport(steady(1000, 'blind'), [{ index: 500, factor: 1.1 }], stream('p')),
    ]);
    expect(blind).toMatchObject({ changes: 1, found: 0, medianDelay: null, inRange: null });
    expect(detectionTable({ blind }).rows[0].slice(0, 7)).toEqual(['blind', '1000', '1', '0', '-', '-', '-']);
  });
});
