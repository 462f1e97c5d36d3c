import type { Matrix } from './matrix.js';

/** Columns of a piece: an entry is the sum of the sums over pieces. Six rows of a block stay in the first-level cache. */
export const piece = 512;

/**
 * Adds `a b^T` to `out`, `[M, N]`; with `lower`, at least what lies on and below the diagonal.
 *
 * Both operands are read along their rows, 2 x 4 rows at a time. An entry is summed in the same order whichever block it falls in: from
 * the first column of a piece to its last, piece after piece.
 */
export function accumulate(a: Matrix, b: Matrix, out: Float64Array, lower: boolean): void {
  const x = a.data;
  const y = b.data;
  const width = b.rows;
  const pairs = a.rows - (a.rows % 2);
  for (let from = 0; from < a.columns; from += piece) {
    const to = Math.min(a.columns, from + piece);
    for (let i = 0; i < pairs; i += 2) {
      const end = lower ? Math.min(b.rows, i + 2) : b.rows;
      const fours = end - (end % 4);
      const x0 = i * a.columns;
      const x1 = x0 + a.columns;
      let o0 = i * width;
      let o1 = o0 + width;
      for (let j = 0; j < fours; j += 4) {
        const y0 = j * b.columns;
        const y1 = y0 + b.columns;
        const y2 = y1 + b.columns;
        const y3 = y2 + b.columns;
        let s00 = 0;
        let s01 = 0;
        let s02 = 0;
        let s03 = 0;
        let s10 = 0;
        let s11 = 0;
        let s12 = 0;
        let s13 = 0;
        for (let p = from; p < to; p++) {
          const u = x[x0 + p];
          const v = x[x1 + p];
          let w = y[y0 + p];
          s00 += u * w;
          s10 += v * w;
          w = y[y1 + p];
          s01 += u * w;
          s11 += v * w;
          w = y[y2 + p];
          s02 += u * w;
          s12 += v * w;
          w = y[y3 + p];
          s03 += u * w;
          s13 += v * w;
        }
        out[o0++] += s00;
        out[o0++] += s01;
        out[o0++] += s02;
        out[o0++] += s03;
        out[o1++] += s10;
        out[o1++] += s11;
        out[o1++] += s12;
        out[o1++] += s13;
      }
      for (let j = fours; j < end; j++) {
        out[i * width + j] += dotPiece(x, x0, y, j * b.columns, from, to);
        out[(i + 1) * width + j] += dotPiece(x, x1, y, j * b.columns, from, to);
      }
    }
    for (let i = pairs; i < a.rows; i++) {
      const end = lower ? i + 1 : b.rows;
      for (let j = 0; j < end; j++) out[i * width + j] += dotPiece(x, i * a.columns, y, j * b.columns, from, to);
    }
  }
}

function dotPiece(x: Float64Array, x0: number, y: Float64Array, y0: number, from: number, to: number): number {
  let sum = 0;
  for (let p = from; p < to; p++) sum += x[x0 + p] * y[y0 + p];
  return sum;
}
