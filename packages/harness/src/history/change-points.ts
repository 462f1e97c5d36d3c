import { HarnessError } from '../errors.js';
import type { Random } from '../statistics/random.js';
import { checkSamples, median } from '../statistics/samples.js';
import { bestSplit, isSignificant } from './split.js';

/** When a series counts as changed. */
export interface ChangePointRule {
  /** How many of the latest values are looked at, since the last change. */
  readonly window: number;
  /** Values on both sides of a change, at least: a single night is an outlier, not a change. */
  readonly segment: number;
  /** Chance that one look at a series without a change finds one. */
  readonly significance: number;
  /** Smallest change that is told: of the logarithm for `log`, in the series' unit for `linear`. */
  readonly effect: number;
  /** Times and speeds change by factors, percentages by points. */
  readonly scale: 'log' | 'linear';
}

/** As measured on synthetic histories; `jembench history --self-test` prints its delays and false alarms. */
export const defaultChangePointRule: ChangePointRule = {
  window: 50,
  segment: 6,
  significance: 0.001,
  effect: Math.log(1.03),
  scale: 'log',
};

/** A lasting change of a series. */
export interface ChangePoint {
  /** The first value after the change. */
  readonly index: number;
  /** The first and the last place where it may have happened: 95 % of the likelihood of its position. */
  readonly earliest: number;
  readonly latest: number;
  /** The value with which it was found: nothing after it was needed. */
  readonly foundAt: number;
  /** Medians of the window on both sides. */
  readonly before: number;
  readonly after: number;
  /** `ln(after / before)` or `after - before`. */
  readonly effect: number;
}

/**
 * The lasting changes of a series, found as a nightly job finds them: value by value, each look at the last `window` values since the
 * last change, by the energy statistic of E-divisive and its permutation test. What was found once does not move when values are added.
 *
 * Cost: a look takes O(window^2) for the statistic and as much for every random order, of which a quiet series needs about one and a
 * change `1 / significance`. 1,000 nights take about 0.1 s, a night with a change a few milliseconds.
 *
 * @throws HarnessError for a value that is not finite, or not positive on a logarithmic scale.
 */
export function changePoints(
  values: readonly number[],
  random: Random,
  rule: ChangePointRule = defaultChangePointRule,
): ChangePoint[] {
  checkRule(rule);
  const series = scaled(values, rule.scale);
  const found: ChangePoint[] = [];
  let start = 0;
  for (let now = 2 * rule.segment - 1; now < series.length; now++) {
    const from = Math.max(start, now + 1 - rule.window);
    const change = changeIn(series.subarray(from, now + 1), rule, random);
    if (change === null) continue;
    const [before, after] = [change.before, change.after].map((value) =>
      rule.scale === 'log' ? Math.exp(value) : value,
    );
    found.push({
      index: from + change.index,
      earliest: from + change.earliest,
      latest: from + change.latest,
      foundAt: now,
      ...{ before, after, effect: change.after - change.before },
    });
    start = from + change.index;
  }
  return found;
}

function scaled(values: readonly number[], scale: ChangePointRule['scale']): Float64Array {
  if (values.length > 0) checkSamples('changePoints', values);
  const bad = scale === 'log' ? values.findIndex((value) => value <= 0) : -1;
  if (bad >= 0) throw new HarnessError(`changePoints: value ${bad}, got ${values[bad]}, wanted a positive number`);
  return Float64Array.from(values, (value) => (scale === 'log' ? Math.log(value) : value));
}

type Change = Pick<ChangePoint, 'index' | 'earliest' | 'latest' | 'before' | 'after'>;

function changeIn(window: Float64Array, rule: ChangePointRule, random: Random): Change | null {
  const split = bestSplit(window, rule.segment);
  if (split === null) return null;
  const before = median([...window.subarray(0, split.index)]);
  const after = median([...window.subarray(split.index)]);
  if (Math.abs(after - before) < rule.effect) return null;
  // A change of the last few nights pulls the best allowed cut before its true place: wait until that is far enough from the end.
  const anywhere = bestSplit(window, 1);
  if (anywhere !== null && anywhere.index > window.length - rule.segment) return null;
  if (!isSignificant(window, split, rule.segment, rule.significance, random)) return null;
  return { index: split.index, ...likelyPlaces(window, split.index), before, after };
}

/**
 * The cuts whose profile likelihood under normal noise is within 1.92 of the best one's (`chi^2_1 / 2` at 95 %), the found cut among
 * them: `w / 2 * ln(SSE(cut) / SSE(best)) <= 1.92`.
 */
function likelyPlaces(window: Float64Array, found: number): { earliest: number; latest: number } {
  const w = window.length;
  const errors = Array.from({ length: w - 1 }, (_, i) => squares(window, 0, i + 1) + squares(window, i + 1, w));
  const least = Math.min(...errors);
  const likely = errors.flatMap((error, i) =>
    0.5 * w * Math.log(error / least) <= 1.92 || error === least ? [i + 1] : [],
  );
  return { earliest: Math.min(found, ...likely), latest: Math.max(found, ...likely) };
}

/** Sum of squared distances from the mean of `values[from .. to)`. */
function squares(values: Float64Array, from: number, to: number): number {
  let mean = 0;
  for (let i = from; i < to; i++) mean += values[i] / (to - from);
  let sum = 0;
  for (let i = from; i < to; i++) sum += (values[i] - mean) ** 2;
  return sum;
}

function checkRule({ window, segment, significance, effect }: ChangePointRule): void {
  const whole = Number.isInteger(window) && Number.isInteger(segment);
  if (whole && segment >= 2 && window >= 2 * segment && significance > 0 && significance < 1 && effect >= 0) return;
  throw new HarnessError(
    `changePoints: rule, got ${JSON.stringify({ window, segment, significance, effect })}, ` +
      'wanted segment >= 2, window >= 2 * segment, a significance between 0 and 1 and an effect of at least 0',
  );
}
