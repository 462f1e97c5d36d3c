import { ShapeError } from '@jembench/core';
import { accumulate } from './accumulate.js';
import { matrixKernels } from './kernels.js';
import type { Matrix } from './matrix.js';
import { productsInMemory } from './products-in-memory.js';

/**
 * `a b^T`: entry `[i, j]` is the dot product of row i of `a` and row j of `b`.
 *
 * The one matrix product of this package. An entry is summed in the same order whichever block it falls in and whether WebAssembly
 * or TypeScript computes it, so equal rows give bit-equal products, on every engine.
 *
 * @param a `[M, P]`. @param b `[N, P]`. @returns `[M, N]`.
 * @throws ShapeError when the rows differ in length.
 */
export function timesTransposed(a: Matrix, b: Matrix): Matrix {
  if (a.columns !== b.columns) {
    throw new ShapeError(`timesTransposed: b, got rows of ${b.columns} values, wanted ${a.columns} as in a`);
  }
  const data = new Float64Array(a.rows * b.rows);
  add(a, b, data, false);
  return { data, rows: a.rows, columns: b.rows };
}

/**
 * The Gram matrix of the rows, `a a^T` (`[M, M]`, symmetric): half the work of {@link timesTransposed}.
 */
export function gram(a: Matrix): Matrix {
  const n = a.rows;
  const data = new Float64Array(n * n);
  add(a, a, data, true);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) data[j * n + i] = data[i * n + j];
  }
  return { data, rows: n, columns: n };
}

/** Adds `a b^T` to `out`, in WebAssembly where there is any and enough to compute; with `lower`, at least the lower triangle. */
function add(a: Matrix, b: Matrix, out: Float64Array, lower: boolean): void {
  const { kernels } = matrixKernels();
  // Copying pays where every value is used several times, in rows of some length.
  if (kernels !== null && a.columns >= 16 && b.rows >= 4) productsInMemory(kernels, a, b, out, lower);
  else accumulate(a, b, out, lower);
}
