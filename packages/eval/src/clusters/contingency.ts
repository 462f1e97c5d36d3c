import { InputError } from '@jembench/core';
import type { Matrix } from '../matrix/matrix.js';
import { classCount, classIndices } from '../probes/labels.js';

/**
 * Counts of rows by cluster and class, `[clusters, classes]`.
 *
 * @param assignments `[N]` cluster indices. @param labels `[N]` class indices.
 * @throws ShapeError when the lists differ in length; InputError when they are empty or hold something else than indices.
 */
export function contingency(
  assignments: ArrayLike<number>,
  labels: ArrayLike<number>,
  { clusters = classCount(assignments), classes = classCount(labels) }: { clusters?: number; classes?: number } = {},
): Matrix {
  if (labels.length === 0) throw new InputError('contingency: labels, got none, wanted at least one row');
  const rows = classIndices('contingency', 'assignments', assignments, labels.length, clusters);
  const columns = classIndices('contingency', 'labels', labels, labels.length, classes);
  const data = new Float64Array(clusters * classes);
  for (let i = 0; i < rows.length; i++) data[rows[i] * classes + columns[i]]++;
  return { data, rows: clusters, columns: classes };
}

/** Row sums, column sums and the total of a table of counts. */
export function margins(table: Matrix): { rows: Float64Array; columns: Float64Array; total: number } {
  const rows = new Float64Array(table.rows);
  const columns = new Float64Array(table.columns);
  let total = 0;
  for (let i = 0, p = 0; i < table.rows; i++) {
    for (let j = 0; j < table.columns; j++, p++) {
      rows[i] += table.data[p];
      columns[j] += table.data[p];
      total += table.data[p];
    }
  }
  return { rows, columns, total };
}
