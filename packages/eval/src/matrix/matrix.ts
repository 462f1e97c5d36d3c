import { InputError, ShapeError } from '@jembench/core';

/**
 * A dense row-major float64 matrix: `data[row * columns + column]`.
 *
 * Spectra, probes and diagnoses are computed in float64, whatever the precision of the network that made the embeddings.
 */
export interface Matrix {
  readonly data: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/**
 * A float64 matrix of `rows * columns` numbers, row-major. A `Float64Array` is used as it is, anything else is copied.
 *
 * @throws ShapeError when the number of values is not `rows * columns`.
 */
export function matrix(data: ArrayLike<number>, rows: number, columns: number): Matrix {
  if (!Number.isSafeInteger(rows) || !Number.isSafeInteger(columns) || rows < 0 || columns < 0) {
    throw new ShapeError(`matrix: shape, got [${rows}, ${columns}], wanted two non-negative integers`);
  }
  if (data.length !== rows * columns) {
    throw new ShapeError(`matrix: data, got ${data.length} values, wanted ${rows * columns} for [${rows}, ${columns}]`);
  }
  return { data: data instanceof Float64Array ? data : Float64Array.from(data), rows, columns };
}

/** The matrix whose rows are `rows`, all of one length. */
export function matrixOfRows(rows: readonly ArrayLike<number>[]): Matrix {
  const columns = rows.length === 0 ? 0 : rows[0].length;
  const data = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => {
    if (row.length !== columns) {
      throw new ShapeError(`matrixOfRows: row ${i}, got ${row.length} values, wanted ${columns} as in row 0`);
    }
    data.set(row, i * columns);
  });
  return { data, rows: rows.length, columns };
}

/** The rows of `a` at `indices`, in that order, copied. */
export function gatherRows(a: Matrix, indices: ArrayLike<number>): Matrix {
  const data = new Float64Array(indices.length * a.columns);
  for (let i = 0; i < indices.length; i++) {
    const from = indices[i] * a.columns;
    data.set(a.data.subarray(from, from + a.columns), i * a.columns);
  }
  return { data, rows: indices.length, columns: a.columns };
}

/** The transpose, copied in square tiles so that neither side is read across cache lines. */
export function transpose(a: Matrix): Matrix {
  const { rows, columns } = a;
  const data = new Float64Array(rows * columns);
  const tile = 32;
  for (let r0 = 0; r0 < rows; r0 += tile) {
    const r1 = Math.min(rows, r0 + tile);
    for (let c0 = 0; c0 < columns; c0 += tile) {
      const c1 = Math.min(columns, c0 + tile);
      for (let r = r0; r < r1; r++) {
        for (let c = c0; c < c1; c++) data[c * rows + r] = a.data[r * columns + c];
      }
    }
  }
  return { data, rows: columns, columns: rows };
}

/**
 * The largest magnitude and the number of values that are not finite; `largest` is over the finite ones.
 */
export function magnitude(a: Matrix): { largest: number; nonFinite: number; firstNonFinite: number } {
  let largest = 0;
  let nonFinite = 0;
  let firstNonFinite = -1;
  for (let i = 0; i < a.data.length; i++) {
    const x = Math.abs(a.data[i]);
    if (x < Infinity) {
      if (x > largest) largest = x;
    } else {
      if (nonFinite === 0) firstNonFinite = i;
      nonFinite++;
    }
  }
  return { largest, nonFinite, firstNonFinite };
}

/** @throws InputError naming the first value that is not finite, with its row and column. */
export function requireFinite(where: string, what: string, a: Matrix): void {
  const { nonFinite, firstNonFinite } = magnitude(a);
  if (nonFinite === 0) return;
  const row = Math.floor(firstNonFinite / a.columns);
  throw new InputError(
    `${where}: ${what}, got ${a.data[firstNonFinite]} in row ${row}, column ${firstNonFinite % a.columns} ` +
      `(${nonFinite} such values in all), wanted finite numbers; a run that made them has diverged`,
  );
}

/** @throws ShapeError unless `a` has at least `rows` rows and `columns` columns. */
export function requireShape(where: string, what: string, a: Matrix, rows: number, columns = 1): void {
  if (a.rows < rows || a.columns < columns) {
    throw new ShapeError(
      `${where}: ${what}, got shape [${a.rows}, ${a.columns}], wanted at least ${rows} row${rows === 1 ? '' : 's'} ` +
        `and ${columns} column${columns === 1 ? '' : 's'}`,
    );
  }
}
