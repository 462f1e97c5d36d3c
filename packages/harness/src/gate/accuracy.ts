import { HarnessError } from '../errors.js';
import { tQuantile } from '../statistics/distributions.js';
import { checkSamples, mean, standardDeviation } from '../statistics/samples.js';
import type { Judged } from './line.js';

/** Percentage points by which an accuracy may be lower. */
export const accuracyMargin = 1;

/** Accuracies after the seeds so far; `again` asks for more seeds. */
export interface Seeded extends Judged {
  readonly again: boolean;
}

/**
 * Judges an accuracy, in percent, paired by seed.
 *
 * - pass: the one-sided 95 % t bound of `head - base` is above `-margin`, or every seed gives the same number on both sides
 * - fail: its upper bound is below 0 and the mean is at most `-margin`
 * - undecided otherwise: more seeds, up to `cap`, then inconclusive
 *
 * The t bound holds its 5 % at three to five seeds, where a percentile bootstrap lets a true loss of `margin` pass up to four times as often.
 *
 * @throws HarnessError for sides of different lengths, fewer than 2 seeds, a value that is not finite.
 */
export function accuracyJudged(
  head: readonly number[],
  base: readonly number[],
  cap: number,
  margin = accuracyMargin,
): Seeded {
  if (head.length !== base.length) {
    throw new HarnessError(
      `accuracy: seeds, got ${head.length} and ${base.length}, wanted the same seeds on both sides`,
    );
  }
  checkSamples('accuracy', base, 2);
  const differences = head.map((value, i) => value - base[i]);
  const effect = mean(differences);
  const error = standardDeviation(differences) / Math.sqrt(differences.length);
  const within = (p: number): number => tQuantile(p, differences.length - 1) * error;
  const interval = { effect, low: effect - within(0.975), high: effect + within(0.975), allowed: margin };
  const said = (verdict: Judged['verdict'], note = '', again = false): Seeded => ({
    ...interval,
    verdict,
    note,
    again,
  });

  if (differences.every((difference) => difference === 0)) return said('pass', 'the same number for every seed');
  if (effect - within(0.95) > -margin) return said('pass');
  if (effect + within(0.95) < 0 && effect <= -margin) return said('fail');
  return said('inconclusive', `${differences.length} seeds do not decide`, differences.length < cap);
}
