import { coinTosses } from './distributions.js';
import { checkConfidence, checkSamples, median } from './samples.js';
import type { Interval } from './t.js';

/** A median with an interval of order statistics, and the coverage that the interval really has. */
export interface MedianInterval extends Interval {
  readonly coverage: number;
}

/**
 * Median with a distribution-free interval: the narrowest symmetric pair of order statistics `x_(k), x_(n + 1 - k)` that covers the
 * true median with at least the wanted confidence; `P = 1 - 2 P(Binomial(n, 1/2) <= k - 1)`.
 *
 * Fewer than 6 samples cannot reach 95 %: the interval is then their whole range, and `coverage` says how little that is.
 */
export function medianInterval(values: readonly number[], confidence = 0.95): MedianInterval {
  checkConfidence('medianInterval', confidence);
  checkSamples('medianInterval', values);
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  const covered = (k: number): number => 1 - 2 * coinTosses(k - 1, n);
  let k = 1;
  while (k + 1 <= (n + 1) / 2 && covered(k + 1) >= confidence) k++;
  return { estimate: median(sorted), low: sorted[k - 1], high: sorted[n - k], n, coverage: covered(k) };
}
