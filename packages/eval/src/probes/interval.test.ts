import { describe, expect, it } from 'vitest';
import { accuracyInterval } from './interval.js';

describe('accuracyInterval', () => {
  it('gives Wilson 0.237 to 0.763 for five of ten', () => {
    const { percent, low, high } = accuracyInterval(5, 10);
    expect(percent).toBe(50);
    expect(low).toBeCloseTo(23.659, 3);
    expect(high).toBeCloseTo(76.341, 3);
  });

  it('keeps a width at the ends: z^2 / (n + z^2)', () => {
    const z2 = 1.959963984540054 ** 2;
    expect(accuracyInterval(0, 10)).toMatchObject({ low: 0, percent: 0 });
    expect(accuracyInterval(0, 10).high).toBeCloseTo((100 * z2) / (10 + z2), 10);
    expect(accuracyInterval(10, 10)).toMatchObject({ high: 100, percent: 100 });
    expect(accuracyInterval(10, 10).low).toBeCloseTo((100 * 10) / (10 + z2), 10);
  });

  it('has a standard error of 1.6 points at 50 % of 1,000', () => {
    const { low, high } = accuracyInterval(500, 1000);
    expect((high - low) / 2 / 1.96).toBeCloseTo(1.58, 2);
  });

  it('holds the accuracy, from one answer to a million', () => {
    for (const n of [1, 2, 17, 1e6]) {
      for (const k of [0, 1, Math.floor(n / 3), n]) {
        const { low, percent, high } = accuracyInterval(k, n);
        expect(0 <= low && low <= percent && percent <= high && high <= 100).toBe(true);
      }
    }
  });

  it('refuses no answers and more right answers than questions', () => {
    expect(() => accuracyInterval(0, 0)).toThrow('got 0 of 0');
    expect(() => accuracyInterval(3, 2)).toThrow('got 3 of 2');
    expect(() => accuracyInterval(NaN, 2)).toThrow('got NaN of 2');
  });
});
