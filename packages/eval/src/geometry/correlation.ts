import { magnitude, requireFinite, requireShape, transpose, type Matrix } from '../matrix/matrix.js';
import { gram } from '../matrix/products.js';
import { centred, scaledToUnit } from '../matrix/rows.js';

/** How far the dimensions repeat each other. */
export interface Correlation {
  /** Mean of `|corr(z_j, z_k)|` over `j != k` among the dimensions that vary; `null` when fewer than two do. */
  readonly meanAbsolute: number | null;
  /** Dimensions with one value in every row (up to rounding), which have no correlation and are left out. */
  readonly constantDimensions: number;
}

// A column of one repeated float32 value, centred in float64, leaves about 1e-16 of it.
const ROUNDING = 1e-12;

/**
 * Mean absolute correlation between different dimensions: 0 for independent ones, 1 when all carry one signal.
 *
 * Independent dimensions do not reach 0 in a sample: `N` rows leave about `sqrt(2 / (pi N))`.
 *
 * @param z `[N, D]`, `N >= 2`. Work: `N D^2 / 2`.
 * @throws ShapeError when there are fewer than two rows; InputError when a value is not finite.
 */
export function meanAbsoluteCorrelation(z: Matrix): Correlation {
  requireShape('meanAbsoluteCorrelation', 'z', z, 2);
  requireFinite('meanAbsoluteCorrelation', 'z', z);
  const { scaled } = scaledToUnit(z, magnitude(z).largest);
  const columns = transpose(centred(scaled));
  const values = transpose(scaled);
  const kept: Float64Array[] = [];
  for (let j = 0; j < z.columns; j++) {
    const column = columns.data.subarray(j * z.rows, (j + 1) * z.rows);
    const largest = magnitude({ data: column, rows: 1, columns: z.rows }).largest;
    const size = magnitude({
      data: values.data.subarray(j * z.rows, (j + 1) * z.rows),
      rows: 1,
      columns: z.rows,
    }).largest;
    if (largest <= ROUNDING * size) continue;
    // A dimension may be 1e-170 of the largest: its own scale first, then its length.
    for (let i = 0; i < column.length; i++) column[i] /= largest;
    const length = Math.sqrt(column.reduce((sum, x) => sum + x * x, 0));
    for (let i = 0; i < column.length; i++) column[i] /= length;
    kept.push(column);
  }
  const constantDimensions = z.columns - kept.length;
  if (kept.length < 2) return { meanAbsolute: null, constantDimensions };
  const data = new Float64Array(kept.length * z.rows);
  for (const [j, column] of kept.entries()) data.set(column, j * z.rows);
  const correlations = gram({ data, rows: kept.length, columns: z.rows });
  let sum = 0;
  for (let j = 0; j < kept.length; j++) {
    for (let k = 0; k < j; k++) sum += Math.min(1, Math.abs(correlations.data[j * kept.length + k]));
  }
  return { meanAbsolute: sum / ((kept.length * (kept.length - 1)) / 2), constantDimensions };
}
