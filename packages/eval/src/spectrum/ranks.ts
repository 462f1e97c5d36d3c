import { InputError } from '@jembench/core';

/**
 * Counts of directions, each from a spectrum in one pass. All are between 1 and the number of values, do not change with scale, and
 * are `null` for a spectrum of zeros: a constant has no directions to count.
 */

/**
 * Effective rank: `exp(-sum p ln p)`, `p = lambda / sum lambda`; `k` equal eigenvalues and zeros give `k`.
 *
 * @param eigenvalues of a covariance, `>= 0`, in any order.
 * @see Roy and Vetterli, The effective rank, EUSIPCO 2007
 */
export function effectiveRank(eigenvalues: ArrayLike<number>): number | null {
  return entropyRank(eigenvalues, 0);
}

/**
 * RankMe: `exp(-sum p ln p)`, `p = s / sum s + 1e-7`, over the singular values of the embeddings as they are, not centred.
 *
 * A long common mean is one large singular value here, so a narrow cone has a low RankMe whatever varies inside it.
 *
 * @param singularValues of `Z [N, D]`, all `min(N, D)` of them.
 * @see Garrido et al., arXiv:2210.02885, equations 1 and 2
 */
export function rankMe(
  singularValues: ArrayLike<number>,
  { epsilon = 1e-7 }: { epsilon?: number } = {},
): number | null {
  return entropyRank(singularValues, epsilon);
}

/** Stable rank: `sum s^2 / max s^2` over singular values. */
export function stableRank(singularValues: ArrayLike<number>): number | null {
  const largest = largestOf(singularValues);
  if (largest === 0) return null;
  let sum = 0;
  for (let i = 0; i < singularValues.length; i++) sum += (singularValues[i] / largest) ** 2;
  return sum;
}

/** Participation ratio: `(sum lambda)^2 / sum lambda^2` over the eigenvalues of a covariance. */
export function participationRatio(eigenvalues: ArrayLike<number>): number | null {
  const largest = largestOf(eigenvalues);
  if (largest === 0) return null;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < eigenvalues.length; i++) {
    const x = eigenvalues[i] / largest;
    sum += x;
    squares += x * x;
  }
  return (sum * sum) / squares;
}

/** The number of leading eigenvalues that hold `share` of their sum: "99 % of the variance lies in 3 directions". */
export function directionsHolding(share: number, eigenvalues: ArrayLike<number>): number | null {
  const largest = largestOf(eigenvalues);
  if (largest === 0) return null;
  const descending = Float64Array.from(eigenvalues, (x) => x / largest)
    .sort()
    .reverse();
  const total = descending.reduce((sum, x) => sum + x, 0);
  let held = 0;
  let count = 0;
  while (count < descending.length && held < share * total) held += descending[count++];
  return count;
}

function entropyRank(values: ArrayLike<number>, epsilon: number): number | null {
  const largest = largestOf(values);
  if (largest === 0) return null;
  // Dividing by the largest first: the sum of values near the end of the float range would overflow.
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i] / largest;
  let entropy = 0;
  for (let i = 0; i < values.length; i++) {
    const p = values[i] / largest / total + epsilon;
    if (p > 0) entropy -= p * Math.log(p);
  }
  return Math.exp(entropy);
}

/** @throws InputError for a value that is negative or not finite: a spectrum has none, and a rank would hide it. */
function largestOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    if (!(values[i] >= 0 && values[i] < Infinity)) {
      throw new InputError(
        `rank: spectrum, got ${values[i]} at place ${i}, wanted finite numbers that are not negative`,
      );
    }
    largest = Math.max(largest, values[i]);
  }
  return largest;
}
