import type { Interval } from '../statistics/t.js';

/** A mean over seeds; the interval is null where there is only one. */
export interface Summary {
  readonly mean: number;
  readonly interval: Interval | null;
}

/** `45.5 ± 1.2`, `45.5`, or `-` where there is none. */
export function spread(summary: Summary | null, digits: number): string {
  if (summary === null) return '-';
  const { interval } = summary;
  const centre = summary.mean.toFixed(digits);
  return interval === null ? centre : `${centre} ± ${(interval.high - interval.estimate).toFixed(digits)}`;
}

/** Three significant digits without an exponent, or `-`: 12345 → `12345`, 1.2345 → `1.23`. */
export function compact(value: number | null | undefined): string {
  if (value === null || value === undefined) return '-';
  const magnitude = Math.abs(value);
  const digits = magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : magnitude >= 1 ? 2 : 3;
  return value.toFixed(digits);
}
