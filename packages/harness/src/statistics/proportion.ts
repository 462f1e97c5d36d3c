import { HarnessError } from '../errors.js';
import { betaQuantile } from './distributions.js';
import { checkConfidence } from './samples.js';
import type { Interval } from './t.js';

/**
 * A rate with the exact interval of Clopper and Pearson: `low` is the rate under which `count` or more happen with half the error
 * probability, `high` the one under which `count` or fewer do. Never covers less than it says.
 *
 * @param count how often it happened among `n` independent trials.
 */
export function proportionInterval(count: number, n: number, confidence = 0.95): Interval {
  checkConfidence('proportionInterval', confidence);
  if (!Number.isInteger(count) || !Number.isInteger(n) || n < 1 || count < 0 || count > n) {
    throw new HarnessError(
      `proportionInterval: count and trials, got ${count} of ${n}, wanted whole numbers, at least one trial and 0 <= count <= trials`,
    );
  }
  return clopperPearson(count, n, confidence);
}

/**
 * A rate over verdicts that were drawn again and again from `n` independent ones: the interval of Clopper and Pearson of `n` trials with
 * that rate, by the continuous form of its quantiles where `rate * n` is no whole number. However often is drawn, `n` stays.
 */
export function resampledInterval(rate: number, n: number, confidence = 0.95): Interval {
  checkConfidence('resampledInterval', confidence);
  if (!(rate >= 0 && rate <= 1) || !Number.isInteger(n) || n < 1) {
    throw new HarnessError(
      `resampledInterval: rate and trials, got ${rate} and ${n}, wanted 0 <= rate <= 1 and at least one trial`,
    );
  }
  return clopperPearson(rate * n, n, confidence);
}

function clopperPearson(count: number, n: number, confidence: number): Interval {
  const tail = (1 - confidence) / 2;
  return {
    estimate: count / n,
    low: count === 0 ? 0 : betaQuantile(tail, count, n - count + 1),
    high: count === n ? 1 : betaQuantile(1 - tail, count + 1, n - count),
    n,
  };
}
