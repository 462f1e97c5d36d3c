import type { Random } from '../statistics/random.js';

/** The best place to cut a series in two. */
export interface Split {
  /** The first index of the second part. */
  readonly index: number;
  /** The energy statistic of the two parts, scaled by `m n / (m + n)`. */
  readonly statistic: number;
}

/**
 * The cut with the largest energy statistic
 *
 *     Q = m n / (m + n) * (2 E|X - Y| - E|X - X'| - E|Y - Y'|)
 *
 * over all cuts that leave `least` values on both sides; null where there is none. It is 0 in expectation where both parts have one
 * distribution and grows with any difference between them, not of the means only.
 *
 * O(w^2) for w values: the three sums of distances are moved from cut to cut.
 *
 * @see Matteson and James, A nonparametric approach for multiple change point analysis of multivariate data, arXiv:1306.4933.
 */
export function bestSplit(values: ArrayLike<number>, least: number): Split | null {
  const w = values.length;
  let within = 0; // sum of |X - X'| over pairs of the first part
  let beyond = 0; // the same of the second part
  let between = 0;
  for (let i = 0; i < w; i++) for (let j = i + 1; j < w; j++) beyond += Math.abs(values[i] - values[j]);
  let best: Split | null = null;
  for (let cut = 1; cut <= w - least; cut++) {
    // Value cut - 1 moves from the second part to the first.
    const moving = values[cut - 1];
    let toFirst = 0;
    let toSecond = 0;
    for (let i = 0; i < cut - 1; i++) toFirst += Math.abs(moving - values[i]);
    for (let j = cut; j < w; j++) toSecond += Math.abs(moving - values[j]);
    within += toFirst;
    beyond -= toSecond;
    between += toSecond - toFirst;
    if (cut < least) continue;
    const [m, n] = [cut, w - cut];
    const statistic = ((m * n) / w) * ((2 * between) / (m * n) - (2 * within) / (m * m) - (2 * beyond) / (n * n));
    if (best === null || statistic > best.statistic) best = { index: cut, statistic };
  }
  return best;
}

/**
 * Whether a cut this good is rarer than `significance` among random orders of the same values: the permutation test of E-divisive,
 * which knows that the best of many cuts was taken. At most `1 / significance - 1` orders are tried, and the first that is as good
 * ends the test, so that a quiet series costs a few of them.
 *
 * Exact where the values are exchangeable when nothing changes; a series that drifts or is autocorrelated is not.
 */
export function isSignificant(
  values: ArrayLike<number>,
  split: Split,
  least: number,
  significance: number,
  random: Random,
): boolean {
  const order = Float64Array.from(values);
  for (let trial = 1; trial < 1 / significance; trial++) {
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(random.uniform() * (i + 1));
      const swap = order[i];
      order[i] = order[j];
      order[j] = swap;
    }
    const other = bestSplit(order, least);
    // Rounding must not make a perfect cut look better than its equals.
    if (other !== null && other.statistic >= split.statistic * (1 - 1e-12)) return false;
  }
  return true;
}
