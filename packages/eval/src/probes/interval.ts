import { InputError } from '@jembench/core';

/** An accuracy with its uncertainty, in percent. */
export interface Accuracy {
  /** `100 * correct / count`. */
  readonly percent: number;
  /** 95 % Wilson score interval. */
  readonly low: number;
  readonly high: number;
  readonly correct: number;
  readonly count: number;
}

/** The 97.5 % point of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * The accuracy of `correct` right answers in `count` independent questions, with Wilson's 95 % score interval.
 *
 *     (p + z^2/2n  +-  z sqrt(p (1 - p)/n + z^2/4n^2)) / (1 + z^2/n),   z = 1.96
 *
 * Unlike `p +- z sqrt(p (1 - p)/n)` it stays within 0 and 100 and keeps a width at 0 and 100 percent. It covers the choice of the
 * test images only; the spread over seeds comes on top.
 *
 * @throws InputError unless `0 <= correct <= count` are integers and `count >= 1`.
 * @see Wilson, JASA 22 (1927); Brown, Cai and DasGupta, Statistical Science 16 (2001)
 */
export function accuracyInterval(correct: number, count: number): Accuracy {
  if (!Number.isInteger(correct) || !Number.isInteger(count) || count < 1 || correct < 0 || correct > count) {
    throw new InputError(
      `accuracyInterval: correct and count, got ${correct} of ${count}, wanted integers 0 <= correct <= count with count >= 1`,
    );
  }
  const p = correct / count;
  const shrink = 1 + (Z * Z) / count;
  const middle = (p + (Z * Z) / (2 * count)) / shrink;
  const half = (Z * Math.sqrt((p * (1 - p)) / count + (Z * Z) / (4 * count * count))) / shrink;
  return {
    percent: 100 * p,
    // Exact at the ends, where the formula gives 0 and 100 only up to rounding.
    low: correct === 0 ? 0 : 100 * (middle - half),
    high: correct === count ? 100 : 100 * (middle + half),
    correct,
    count,
  };
}
