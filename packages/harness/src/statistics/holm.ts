import { HarnessError } from '../errors.js';

/** A hypothesis after the correction for being one of many. */
export interface HolmResult {
  /** Adjusted p-value, in the order given. */
  readonly adjusted: number;
  readonly rejected: boolean;
}

/**
 * Holm's step-down correction: sorted, `p_(i)` is multiplied by `m - i + 1`, kept monotone and at most 1; a hypothesis is rejected
 * where its adjusted p-value is at most `alpha`. Controls the chance of any false rejection at `alpha` without assumptions.
 *
 * @see Holm, A simple sequentially rejective multiple test procedure, 1979.
 */
export function holm(pValues: readonly number[], alpha = 0.05): HolmResult[] {
  const bad = pValues.findIndex((p) => !(p >= 0 && p <= 1));
  if (bad >= 0) throw new HarnessError(`holm: p-value ${bad}, got ${pValues[bad]}, wanted a number from 0 to 1`);
  if (!(alpha > 0 && alpha < 1)) throw new HarnessError(`holm: alpha, got ${alpha}, wanted a number between 0 and 1`);
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a] - pValues[b]);
  const results: HolmResult[] = new Array<HolmResult>(pValues.length);
  let largest = 0;
  for (const [rank, index] of order.entries()) {
    largest = Math.max(largest, Math.min(1, pValues[index] * (pValues.length - rank)));
    results[index] = { adjusted: largest, rejected: largest <= alpha };
  }
  return results;
}
