import { rowsAndColumns, type Array64 } from '../array64.js';

/** Float64 loops: each row divided by `sqrt(max(sum of its squares, smallestSquare))`. */
export function l2NormaliseReference(z: Array64, smallestSquare: number): Array64 {
  const [rows, D] = rowsAndColumns(z);
  const y = { shape: z.shape, data: z.data.slice() };
  for (let n = 0; n < rows; n++) {
    let squares = 0;
    for (let j = 0; j < D; j++) squares += z.data[n * D + j] ** 2;
    const norm = Math.sqrt(Math.max(squares, smallestSquare));
    for (let j = 0; j < D; j++) y.data[n * D + j] /= norm;
  }
  return y;
}
