import { InputError } from '@jembench/core';

/** A straight line through `ln lambda_i` against `ln i`. */
export interface PowerLaw {
  /** Decay of the spectrum, `lambda_i ~ i^-alpha`: 0 is flat, around 1 is what trained vision networks tend to. */
  readonly alpha: number;
  /** The fitted `ln lambda` at rank 1, for eigenvalues as shares of their sum. */
  readonly logIntercept: number;
  /** First and last rank of the fit, counted from 1, both included. */
  readonly ranks: readonly [number, number];
}

/** Options of {@link alphaReq}. */
export interface AlphaReqOptions {
  /** First rank of the fit, counted from 0. Default 10, as in reptrix: the first ten eigenvalues often leave the line. */
  readonly from: number;
  /** One past the last rank of the fit, counted from 0. Default 100, cut at the number of eigenvalues. */
  readonly to: number;
  /** `rank`: residuals weighted with `1 / i` (default; even spacing on the log axis). `none`: ordinary least squares. */
  readonly weights: 'rank' | 'none';
}

// Two points always lie on a line; fewer than five say little about a decay.
const FEWEST_POINTS = 5;

/**
 * Alpha-ReQ: the exponent of the power law that the eigenvalues of the covariance follow.
 *
 * `null` where it is not defined: when fewer than five eigenvalues lie in the range, or one of them is 0 (its logarithm is not a number).
 *
 * @param eigenvalues of the centred covariance, descending; their scale does not change `alpha`.
 * @throws InputError when the range is empty or negative.
 * @see Agrawal et al., NeurIPS 2022; Stringer et al., Nature 2019; BARL-SSL/reptrix@dbf53c5 alpha.py
 */
export function alphaReq(eigenvalues: ArrayLike<number>, options: Partial<AlphaReqOptions> = {}): PowerLaw | null {
  const { from = 10, to = 100, weights = 'rank' } = options;
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to <= from) {
    throw new InputError(`alphaReq: range, got from ${from} to ${to}, wanted integers 0 <= from < to`);
  }
  const end = Math.min(to, eigenvalues.length);
  if (end - from < FEWEST_POINTS || !(eigenvalues[end - 1] > 0)) return null;
  let total = 0;
  for (let i = 0; i < eigenvalues.length; i++) total += eigenvalues[i] / eigenvalues[0];

  let weight = 0;
  let meanX = 0;
  let meanY = 0;
  const y = (i: number): number => Math.log(eigenvalues[i] / eigenvalues[0] / total);
  const weigh = (i: number): number => (weights === 'rank' ? 1 / (i + 1) : 1);
  for (let i = from; i < end; i++) {
    weight += weigh(i);
    meanX += weigh(i) * Math.log(i + 1);
    meanY += weigh(i) * y(i);
  }
  meanX /= weight;
  meanY /= weight;
  let xx = 0;
  let xy = 0;
  for (let i = from; i < end; i++) {
    const dx = Math.log(i + 1) - meanX;
    xx += weigh(i) * dx * dx;
    xy += weigh(i) * dx * (y(i) - meanY);
  }
  const slope = xy / xx;
  return { alpha: -slope, logIntercept: meanY - slope * meanX, ranks: [from + 1, end] };
}
