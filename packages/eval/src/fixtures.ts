import { rootStream } from '@jembench/core';
import { matrix, type Matrix } from './matrix/matrix.js';

/** Independent standard normal numbers. */
export function gaussian(rows: number, columns: number, seed = 1): Matrix {
  const stream = rootStream(seed).fork('gaussian');
  return matrix(
    Float64Array.from({ length: rows * columns }, () => stream.normal()),
    rows,
    columns,
  );
}

/** Each entry through a function of its value, row and column. */
export function mapped(a: Matrix, f: (x: number, i: number, j: number) => number): Matrix {
  return { ...a, data: a.data.map((x, p) => f(x, Math.floor(p / a.columns), p % a.columns)) };
}

/** Columns 1 to `columns` of the cosine basis of `rows` points: orthonormal, each of mean 0 (`columns < rows`). */
export function cosines(rows: number, columns: number): Matrix {
  const data = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      data[i * columns + j] = Math.sqrt(2 / rows) * Math.cos((Math.PI * (i + 0.5) * (j + 1)) / rows);
    }
  }
  return { data, rows, columns };
}

/** The rows in the order given. */
export function reordered(a: Matrix, order: ArrayLike<number>): Matrix {
  return mapped(a, (_, i, j) => a.data[order[i] * a.columns + j]);
}
