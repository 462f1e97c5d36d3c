import { gatherRows, type Matrix } from '../matrix/matrix.js';
import { columnMeans } from '../matrix/rows.js';

/**
 * `x` without the given share of its rows (rounded down) that lie farthest from the mean, in the order they had; `null` when that is
 * no row. Of equally distant rows the later ones go.
 */
export function coreRows(x: Matrix, outlyingShare: number): Matrix | null {
  const dropped = Math.floor(outlyingShare * x.rows);
  if (dropped === 0) return null;
  const mean = columnMeans(x);
  const distance = new Float64Array(x.rows);
  for (let i = 0, p = 0; i < x.rows; i++) {
    for (let j = 0; j < x.columns; j++, p++) distance[i] += (x.data[p] - mean[j]) ** 2;
  }
  const nearest = Array.from(distance.keys()).sort((a, b) => distance[a] - distance[b] || a - b);
  return gatherRows(
    x,
    nearest.slice(0, x.rows - dropped).sort((a, b) => a - b),
  );
}
