import { HarnessError } from '../errors.js';
import { tQuantile } from '../statistics/distributions.js';
import { holm } from '../statistics/holm.js';
import { mean, standardDeviation } from '../statistics/samples.js';
import { oneSidedP } from '../statistics/t.js';
import type { Judged } from './line.js';

/** When a change of speed counts. Effects are `ln(t_head / t_base)`. */
export interface ThroughputRule {
  /** Chance of any false FAIL among all benchmarks of a gate, before it must repeat; split between the two looks. */
  readonly failAlpha: number;
  readonly failEffect: number;
  /** Chance of a false WARN of one benchmark. */
  readonly warnAlpha: number;
  readonly warnEffect: number;
}

export const throughputRule: ThroughputRule = {
  failAlpha: 0.005,
  failEffect: Math.log(1.05),
  warnAlpha: 0.05,
  warnEffect: Math.log(1.03),
};

/** Browsers are noisier; so wide until a calibration says better. */
export const browserThroughputRule: ThroughputRule = { ...throughputRule, failEffect: Math.log(1.1) };

/** The gate looks twice at most: after the first processes, and once more after as many again where the first did not decide. */
export const looks = 2;

/** A benchmark after one look; `again` asks for the second. */
export interface Looked extends Judged {
  readonly again: boolean;
}

/**
 * Judges all benchmarks of a gate after a look.
 *
 * One value a pair of fresh processes: the median of `ln(t_head / t_base)` over its blocks. Pairs are independent, so their mean has a t
 * distribution whatever the blocks do within a process.
 *
 * - fail: `P(T >= t)` under no change, corrected by Holm over the benchmarks, is at most `failAlpha / 2`, and the mean is at least `failEffect`
 * - warn: the uncorrected one is at most `warnAlpha / 2`, and the mean at least `warnEffect`
 * - undecided (a second look, then inconclusive): the one-sided 95 % half-width is wider than `failEffect`, or the mean is at least
 *   `failEffect` without being significant
 * - pass: anything else
 *
 * @param pairs a benchmark's values over all looks so far.
 * @param family how many benchmarks the correction is for, where not all of them are given; the others count as unchanged.
 * @throws HarnessError for fewer than 2 values, or one that is not finite.
 */
export function lookedAt(
  pairs: readonly (readonly number[])[],
  look: 1 | 2,
  rule: ThroughputRule,
  family = pairs.length,
): Looked[] {
  const p = pairs.map((values) => oneSidedP(values));
  const corrected = holm([...p, ...new Array<number>(Math.max(0, family - p.length)).fill(1)]);
  return pairs.map((values, i) => {
    const effect = mean(values);
    const error = standardDeviation(values) / Math.sqrt(values.length);
    const halfWidth = quantile(0.975, values.length - 1) * error;
    const interval = { effect, low: effect - halfWidth, high: effect + halfWidth, allowed: rule.failEffect };
    const said = (verdict: Judged['verdict'], note = '', again = false): Looked => ({
      ...interval,
      verdict,
      note,
      again,
    });

    if (corrected[i].adjusted <= rule.failAlpha / looks && effect >= rule.failEffect) return said('fail');
    const wide = quantile(0.95, values.length - 1) * error > rule.failEffect;
    if (wide || effect >= rule.failEffect) {
      const note = wide ? 'the interval is wider than what is allowed' : 'above what is allowed, but not significant';
      return said('inconclusive', note, look < looks);
    }
    if (p[i] <= rule.warnAlpha / looks && effect >= rule.warnEffect) return said('warn');
    return said('pass');
  });
}

/**
 * The second look: what the first left undecided, judged over all values so far; what it decided stands.
 *
 * @param values of the first look.
 * @param more a benchmark's values of the second look, empty where it was not measured again.
 */
export function lookedAgain(
  first: readonly Looked[],
  values: readonly (readonly number[])[],
  more: readonly (readonly number[])[],
  rule: ThroughputRule,
  family = values.length,
): Looked[] {
  const all = values.map((own, i) => [...own, ...more[i]]);
  const second = lookedAt(all, 2, rule, family);
  return first.map((line, i) => (line.again ? second[i] : line));
}

/**
 * A fail after it was measured once more in fresh processes: it stands only where those alone say the same.
 *
 * @param again values of the fresh pairs only.
 */
export function repeated(first: Looked, again: readonly number[], rule: ThroughputRule): Looked {
  if (first.verdict !== 'fail') {
    throw new HarnessError(`repeated: verdict, got ${first.verdict}, wanted fail: only a fail is measured again`);
  }
  const stands = oneSidedP(again) <= rule.failAlpha && mean(again) >= rule.failEffect;
  if (stands) return first;
  const percent = (100 * Math.expm1(mean(again))).toFixed(1);
  return { ...first, verdict: 'warn', note: `did not repeat in fresh processes: ${percent} %` };
}

const quantiles = new Map<string, number>();

/** The same few quantiles are asked for again and again, and each is found by iteration. */
function quantile(p: number, degreesOfFreedom: number): number {
  const key = `${p} ${degreesOfFreedom}`;
  let value = quantiles.get(key);
  if (value === undefined) quantiles.set(key, (value = tQuantile(p, degreesOfFreedom)));
  return value;
}
