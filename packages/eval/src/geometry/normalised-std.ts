import { magnitude, requireFinite, requireShape, type Matrix } from '../matrix/matrix.js';
import { normalisedRows, scaledToUnit, squaredDeviations } from '../matrix/rows.js';

/** How far embeddings point in different directions. */
export interface NormalisedStd {
  /** Unbiased standard deviation of each dimension after every row is divided by its L2 norm, `[D]`. */
  readonly perDimension: Float64Array;
  /** Their mean; `1 / sqrt(D)` for directions spread evenly over the sphere, 0 when all rows point the same way. */
  readonly mean: number;
  /** `mean * sqrt(D)`: 1 for an even spread, whatever `D`. */
  readonly timesSqrtD: number;
  /**
   * `sqrt(sum of the variances)`, between 0 and about 1. Unlike `timesSqrtD` it does not change under rotation: embeddings spread
   * along two of 128 axes have `timesSqrtD` near 0.12 and a spread of 1. `1 - spread^2` is the mean cosine of two different rows.
   */
  readonly spread: number;
  /** Rows of zeros, which have no direction and are left as they are. */
  readonly zeroRows: number;
}

/**
 * The standard measure of complete (type 1) collapse: per-dimension standard deviation of L2-normalised embeddings.
 *
 * @param z `[N, D]`, `N >= 2`.
 * @throws ShapeError when there are fewer than two rows; InputError when a value is not finite.
 * @see Chen and He, arXiv:2011.10566, figure 2; lightly-ai/lightly@e8d317f utils/debug.py
 */
export function normalisedStd(z: Matrix): NormalisedStd {
  requireShape('normalisedStd', 'z', z, 2);
  requireFinite('normalisedStd', 'z', z);
  const { unit, zeroRows } = normalisedRows(z);
  const perDimension = squaredDeviations(unit).map((sum) => Math.sqrt(sum / (z.rows - 1)));
  let sum = 0;
  let squares = 0;
  for (const s of perDimension) {
    sum += s;
    squares += s * s;
  }
  const mean = sum / z.columns;
  return { perDimension, mean, timesSqrtD: mean * Math.sqrt(z.columns), spread: Math.sqrt(squares), zeroRows };
}

/**
 * Spread of embeddings relative to their length, lengths included: `sqrt(sum of the variances / mean squared norm)`; 0 for equal
 * rows, 1 (times `sqrt(N / (N - 1))`) for rows around the origin. `null` for a matrix of zeros.
 *
 * @throws ShapeError when there are fewer than two rows; InputError when a value is not finite.
 */
export function relativeSpread(z: Matrix): number | null {
  requireShape('relativeSpread', 'z', z, 2);
  requireFinite('relativeSpread', 'z', z);
  const { largest } = magnitude(z);
  if (largest === 0) return null;
  const { scaled } = scaledToUnit(z, largest);
  const variance = squaredDeviations(scaled).reduce((sum, x) => sum + x, 0) / (z.rows - 1);
  const squaredNorm = scaled.data.reduce((sum, x) => sum + x * x, 0) / z.rows;
  return Math.sqrt(variance / squaredNorm);
}
