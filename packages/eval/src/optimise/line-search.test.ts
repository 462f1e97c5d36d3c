import { describe, expect, it } from 'vitest';
import { wolfeStep, type Along } from './line-search.js';

const along =
  (f: (t: number) => number, slope: (t: number) => number) =>
  (step: number): Along => ({ step, value: f(step), slope: slope(step) });

describe('wolfeStep', () => {
  it.each([1e-3, 0.1, 1, 10, 1e3])('meets both conditions on a parabola, first trial %d', (first) => {
    const at = along(
      (t) => (t - 3) ** 2,
      (t) => 2 * (t - 3),
    );
    const start = at(0);
    const found = wolfeStep(start, at, first);
    expect(found).not.toBeNull();
    const { step, value, slope } = found ?? start;
    expect(value).toBeLessThanOrEqual(start.value + 1e-4 * step * start.slope);
    expect(Math.abs(slope)).toBeLessThanOrEqual(0.9 * Math.abs(start.slope));
  });

  it.each([0.01, 0.3, 1, 5, 50])(
    'meets both conditions where the function bends back and forth, first trial %d',
    (first) => {
      const at = along(
        (t) => -t / (t * t + 2) + 0.02 * Math.sin(20 * t),
        (t) => (t * t - 2) / (t * t + 2) ** 2 + 0.4 * Math.cos(20 * t),
      );
      const start = at(0);
      expect(start.slope).toBeCloseTo(-0.1, 14);
      const found = wolfeStep(start, at, first);
      expect(found).not.toBeNull();
      const { step, value, slope } = found ?? start;
      expect(value).toBeLessThanOrEqual(start.value + 1e-4 * step * start.slope);
      expect(Math.abs(slope)).toBeLessThanOrEqual(0.9 * Math.abs(start.slope));
    },
  );

  it('finds no step uphill', () => {
    const at = along(
      (t) => 1 + t,
      () => 1,
    );
    expect(wolfeStep({ step: 0, value: 1, slope: -1 }, at, 1)).toBeNull();
  });
});
