// @ts-expect-error -- jstat brings no types: the part used here is declared below, and tests hold it to published tables.
import jstat from 'jstat';
import { HarnessError } from '../errors.js';

const { studentt, binomial, beta } = (jstat as JStat).jStat;

interface JStat {
  readonly jStat: {
    readonly studentt: {
      cdf(t: number, degreesOfFreedom: number): number;
      inv(p: number, degreesOfFreedom: number): number;
    };
    readonly binomial: { cdf(k: number, n: number, p: number): number };
    readonly beta: { inv(p: number, alpha: number, beta: number): number };
  };
}

/** Quantile of Student's t: the `t` with `P(T <= t) = p`. */
export function tQuantile(p: number, degreesOfFreedom: number): number {
  if (!(p > 0 && p < 1) || !(degreesOfFreedom > 0)) {
    throw new HarnessError(
      `tQuantile: p and degrees of freedom, got ${p} and ${degreesOfFreedom}, wanted 0 < p < 1 and a positive number`,
    );
  }
  return studentt.inv(p, degreesOfFreedom);
}

/** `P(T > t)` of Student's t. */
export function tUpperTail(t: number, degreesOfFreedom: number): number {
  return studentt.cdf(-t, degreesOfFreedom);
}

/** `P(B <= k)` of n fair coin tosses. */
export function coinTosses(k: number, n: number): number {
  return binomial.cdf(k, n, 0.5);
}

/** Quantile of the beta distribution. */
export function betaQuantile(p: number, a: number, b: number): number {
  return beta.inv(p, a, b);
}
