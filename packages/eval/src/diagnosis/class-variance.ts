import type { Matrix } from '../matrix/matrix.js';
import { columnMeans, squaredDeviations } from '../matrix/rows.js';

/**
 * The share of the variance that lies between classes: `sum n_c |mean_c - mean|^2 / sum |z - mean|^2`, 0 to 1; `null` when the rows
 * do not vary. Labels that mean nothing reach about `(classes - 1) / (N - 1)`.
 */
export function betweenClassShare(z: Matrix, labels: Int32Array): { share: number | null; classes: number } {
  const mean = columnMeans(z);
  const total = squaredDeviations(z, mean).reduce((sum, x) => sum + x, 0);
  const members = new Map<number, number>();
  for (const label of labels) if (!members.has(label)) members.set(label, members.size);
  const classes = members.size;
  const sums = new Float64Array(classes * z.columns);
  const counts = new Float64Array(classes);
  for (let i = 0, p = 0; i < z.rows; i++) {
    const c = members.get(labels[i]) ?? 0;
    counts[c]++;
    for (let j = 0; j < z.columns; j++, p++) sums[c * z.columns + j] += z.data[p] - mean[j];
  }
  let between = 0;
  for (let c = 0; c < classes; c++) {
    for (let j = 0; j < z.columns; j++) between += sums[c * z.columns + j] ** 2 / counts[c];
  }
  return { share: total === 0 ? null : Math.min(1, between / total), classes };
}
