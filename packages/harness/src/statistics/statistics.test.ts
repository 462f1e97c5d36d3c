import { describe, expect, it } from 'vitest';
import { tQuantile } from './distributions.js';
import { holm } from './holm.js';
import { medianInterval } from './median-interval.js';
import { proportionInterval } from './proportion.js';
import { mean, median, standardDeviation } from './samples.js';
import { meanInterval, oneSidedP, pairedInterval } from './t.js';

describe('samples', () => {
  it('has the textbook mean, median and standard deviation', () => {
    expect(mean([1, 2, 3, 6])).toBe(3);
    expect(median([5, 1, 3])).toBe(3);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(standardDeviation([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7), 12);
  });

  it('refuses a sample that is not finite, and no sample at all', () => {
    expect(() => mean([1, NaN])).toThrow('mean: sample 1, got NaN, wanted a finite number');
    expect(() => median([Infinity])).toThrow('median: sample 0, got Infinity');
    expect(() => mean([])).toThrow('mean: samples, got 0, wanted at least 1');
    expect(() => meanInterval([3])).toThrow('meanInterval: samples, got 1, wanted at least 2');
  });
});

describe('t intervals', () => {
  // Quantiles as printed in tables of Student's t.
  it.each([
    [0.975, 1, 12.7062],
    [0.975, 2, 4.30265],
    [0.975, 7, 2.36462],
    [0.995, 4, 4.60409],
    [0.95, 30, 1.69726],
  ])('has the quantile %d of %d degrees of freedom at %d', (p, df, wanted) => {
    expect(tQuantile(p, df)).toBeCloseTo(wanted, 4);
  });

  it('puts 2 ± 4.30265 / sqrt(3) around 1, 2, 3', () => {
    const { estimate, low, high, n } = meanInterval([1, 2, 3]);
    expect(estimate).toBe(2);
    expect(n).toBe(3);
    expect(high - 2).toBeCloseTo(4.302652729911275 / Math.sqrt(3), 8);
    expect(2 - low).toBeCloseTo(high - 2, 12);
  });

  it('is a point where all values agree', () => {
    expect(meanInterval([5, 5, 5])).toEqual({ estimate: 5, low: 5, high: 5, n: 3 });
  });

  it('removes by pairing what both sides share', () => {
    const base = [10, 50, 90];
    const paired = pairedInterval(
      base.map((value, i) => value + 1 + 0.01 * i),
      base,
    );
    expect(paired.estimate).toBeCloseTo(1.01, 10);
    expect(paired.high - paired.low).toBeLessThan(0.1);
    expect(() => pairedInterval([1, 2], [1])).toThrow('pairs, got 2 and 1 values');
  });

  it('has the p-value of the sleep data of Student (1908)', () => {
    // R: t.test(extra ~ group, paired = TRUE, alternative = "greater") on the second against the first drug: p = 0.001416.
    const differences = [1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4];
    expect(oneSidedP(differences)).toBeCloseTo(0.001416, 6);
    expect(oneSidedP(differences.map((d) => -d))).toBeCloseTo(1 - 0.001416, 6);
    expect(oneSidedP([1, 1])).toBe(0);
    expect(oneSidedP([1, 1], 1)).toBe(0.5);
  });
});

describe('medianInterval', () => {
  it('takes the order statistics that the binomial table names', () => {
    // n = 10: x_(2), x_(9) cover with 1 - 2 * 11 / 1024.
    const ten = medianInterval([9, 1, 8, 2, 7, 3, 6, 4, 5, 10]);
    expect(ten).toMatchObject({ estimate: 5.5, low: 2, high: 9, n: 10 });
    expect(ten.coverage).toBeCloseTo(1 - 22 / 1024, 12);
    // n = 15: x_(4), x_(12), 96.48 %.
    const fifteen = medianInterval(Array.from({ length: 15 }, (_, i) => i + 1));
    expect(fifteen).toMatchObject({ estimate: 8, low: 4, high: 12 });
    expect(fifteen.coverage).toBeCloseTo(0.9648, 4);
  });

  it('says how little a handful of samples covers', () => {
    const five = medianInterval([1, 2, 3, 4, 5]);
    expect(five).toMatchObject({ low: 1, high: 5 });
    expect(five.coverage).toBeCloseTo(0.9375, 12);
    expect(medianInterval([7])).toMatchObject({ estimate: 7, low: 7, high: 7, coverage: 0 });
  });

  it('covers the true median as often as it claims', () => {
    // Every ranking of the true median among 9 uniform samples, weighted by its binomial probability.
    const { low, high, coverage } = medianInterval(Array.from({ length: 9 }, (_, i) => i + 1));
    let covered = 0;
    const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k);
    for (let below = low; below < high; below++) covered += choose(9, below) / 2 ** 9;
    expect(covered).toBeCloseTo(coverage, 12);
    expect(coverage).toBeGreaterThanOrEqual(0.95);
  });
});

describe('holm', () => {
  it('multiplies the smallest by m, the next by m - 1, and stays monotone', () => {
    const adjusted = holm([0.01, 0.04, 0.03, 0.005]).map((result) => result.adjusted);
    [0.03, 0.06, 0.06, 0.02].forEach((wanted, i) => {
      expect(adjusted[i]).toBeCloseTo(wanted, 12);
    });
  });

  it('rejects what stays at or below alpha, and only that', () => {
    expect(holm([0.01, 0.04, 0.03, 0.005]).map((result) => result.rejected)).toEqual([true, false, false, true]);
    expect(holm([0.9])).toEqual([{ adjusted: 0.9, rejected: false }]);
    expect(holm([])).toEqual([]);
  });

  it('refuses a p-value that is none', () => {
    expect(() => holm([0.5, NaN])).toThrow('holm: p-value 1, got NaN');
    expect(() => holm([0.5], 0)).toThrow('alpha, got 0');
  });
});

describe('proportionInterval', () => {
  it('has the limits of Clopper and Pearson', () => {
    // R: binom.test(4, 20)$conf.int, and the rule of three made exact: 1 - 0.025^(1 / n).
    const four = proportionInterval(4, 20);
    expect(four.low).toBeCloseTo(0.057334, 6);
    expect(four.high).toBeCloseTo(0.436614, 6);
    expect(proportionInterval(0, 100)).toMatchObject({ estimate: 0, low: 0 });
    expect(proportionInterval(0, 100).high).toBeCloseTo(1 - 0.025 ** (1 / 100), 8);
    expect(proportionInterval(100, 100).low).toBeCloseTo(0.025 ** (1 / 100), 8);
  });

  it('refuses counts that are none', () => {
    for (const [count, n] of [
      [1, 0],
      [3, 2],
      [-1, 2],
      [0.5, 2],
    ])
      expect(() => proportionInterval(count, n)).toThrow('count and trials');
  });
});
