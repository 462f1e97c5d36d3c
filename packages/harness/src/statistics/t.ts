import { tQuantile, tUpperTail } from './distributions.js';
import { checkConfidence, checkSamples, mean, standardDeviation } from './samples.js';
import { HarnessError } from '../errors.js';

/** An estimate with an interval around it. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
}

/**
 * Mean with its two-sided t interval: `mean +- t_{(1 + confidence) / 2, n - 1} * s / sqrt(n)`.
 *
 * @param values at least 2; of one value nothing is known about its spread.
 */
export function meanInterval(values: readonly number[], confidence = 0.95): Interval {
  checkConfidence('meanInterval', confidence);
  checkSamples('meanInterval', values, 2);
  const n = values.length;
  const estimate = mean(values);
  const halfWidth = (tQuantile((1 + confidence) / 2, n - 1) * standardDeviation(values)) / Math.sqrt(n);
  return { estimate, low: estimate - halfWidth, high: estimate + halfWidth, n };
}

/**
 * Mean of `head[i] - base[i]` with its t interval. Pairing removes what both sides share (a seed, a block of time).
 *
 * @throws HarnessError for sides of different lengths.
 */
export function pairedInterval(head: readonly number[], base: readonly number[], confidence = 0.95): Interval {
  if (head.length !== base.length) {
    throw new HarnessError(
      `pairedInterval: pairs, got ${head.length} and ${base.length} values, wanted as many of one as of the other`,
    );
  }
  checkSamples('pairedInterval', base, 2);
  return meanInterval(
    head.map((value, i) => value - base[i]),
    confidence,
  );
}

/**
 * One-sided p-value of a mean of differences against `value`: `P(T >= t)` under a true mean of `value`.
 *
 * Differences without any spread give 0, 0.5 or 1 by the side on which they lie.
 */
export function oneSidedP(differences: readonly number[], value = 0): number {
  checkSamples('oneSidedP', differences, 2);
  const distance = mean(differences) - value;
  const error = standardDeviation(differences) / Math.sqrt(differences.length);
  if (error === 0) return distance > 0 ? 0 : distance < 0 ? 1 : 0.5;
  return tUpperTail(distance / error, differences.length - 1);
}
