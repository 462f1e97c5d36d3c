import type { Matrix } from '../matrix/matrix.js';
import { columnMeans, squaredDeviations } from '../matrix/rows.js';

/** Mean and spread of each feature over the training rows. */
export interface FeatureScale {
  readonly mean: Float64Array;
  /** Population standard deviation (divisor `N`); 0 for a feature with one value in every row. */
  readonly std: Float64Array;
}

// The spread that rounding alone leaves in a column of one repeated value.
const ROUNDING = 1e-12;

/** The scale of every column of `x` (`[N, D]`). */
export function featureScale(x: Matrix): FeatureScale {
  const mean = columnMeans(x);
  const std = squaredDeviations(x, mean).map((sum, j) => {
    const value = Math.sqrt(sum / x.rows);
    return value <= ROUNDING * Math.abs(mean[j]) ? 0 : value;
  });
  return { mean, std };
}

/** `(x - mean) / std` column by column; a constant training feature carries nothing and becomes 0. */
export function standardised(x: Matrix, { mean, std }: FeatureScale): Matrix {
  const data = new Float64Array(x.data.length);
  for (let i = 0, p = 0; i < x.rows; i++) {
    for (let j = 0; j < x.columns; j++, p++) data[p] = std[j] === 0 ? 0 : (x.data[p] - mean[j]) / std[j];
  }
  return { data, rows: x.rows, columns: x.columns };
}
