import { CholeskyDecomposition, Matrix as MlMatrix } from 'ml-matrix';
import { InputError } from '@jembench/core';
import type { Matrix } from './matrix.js';

/**
 * The lower triangular `L` of `a = L L^T`.
 *
 * @param a `[n, n]`, symmetric to the last bit.
 * @throws InputError when `a` is not positive definite.
 */
export function choleskyFactor(a: Matrix): Matrix {
  const factor = new CholeskyDecomposition(MlMatrix.from1DArray(a.rows, a.columns, a.data));
  if (!factor.isPositiveDefinite()) {
    throw new InputError(
      'choleskyFactor: a, got a matrix that is not positive definite; add a multiple of the identity to it',
    );
  }
  return { data: Float64Array.from(factor.lowerTriangularMatrix.to1DArray()), rows: a.rows, columns: a.columns };
}

/** `(L L^T)^-1`, `[n, n]`; symmetric up to rounding. */
export function choleskyInverse(lower: Matrix): Matrix {
  const n = lower.rows;
  const rows = { data: new Float64Array(n * n), rows: n, columns: n };
  for (let i = 0; i < n; i++) rows.data[i * n + i] = 1;
  forwardSolve(lower, rows);
  backwardSolve(lower, rows);
  return rows;
}

/** `L^-1 b` for every row `b` of `rows` (`[M, n]`), in place. */
export function forwardSolve(lower: Matrix, rows: Matrix): void {
  const n = lower.rows;
  const l = lower.data;
  for (let m = 0; m < rows.rows; m++) {
    const x = rows.data.subarray(m * n, (m + 1) * n);
    for (let i = 0; i < n; i++) {
      let sum = x[i];
      for (let k = 0, at = i * n; k < i; k++, at++) sum -= l[at] * x[k];
      x[i] = sum / l[i * n + i];
    }
  }
}

/** `L^-T b` for every row `b` of `rows` (`[M, n]`), in place. */
function backwardSolve(lower: Matrix, rows: Matrix): void {
  const n = lower.rows;
  const l = lower.data;
  for (let m = 0; m < rows.rows; m++) {
    const x = rows.data.subarray(m * n, (m + 1) * n);
    for (let i = n - 1; i >= 0; i--) {
      const value = x[i] / l[i * n + i];
      x[i] = value;
      for (let k = 0, at = i * n; k < i; k++, at++) x[k] -= l[at] * value;
    }
  }
}
