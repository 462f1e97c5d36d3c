/**
 * Products of float64 matrices, for the references that benchmarks are held to: plain TypeScript, so that what checks a WebAssembly kernel
 * is not WebAssembly itself.
 */

/** `[rows, columns]`, row-major, float64. */
export interface Rows {
  readonly data: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/** The columns as rows. */
export function transposed({ data, rows, columns }: Rows): Rows {
  const result = new Float64Array(data.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) result[j * rows + i] = data[i * columns + j];
  return { data: result, rows: columns, columns: rows };
}

/** `a b^T`: four rows against two at a time, so that a number that is read counts more than once; of `a a^T` half is computed, and mirrored. */
export function rowProducts(a: Rows, b: Rows): Rows {
  const K = a.columns;
  const data = new Float64Array(a.rows * b.rows);
  // Beyond the last row it is that again, whose products are then written twice.
  const row = (of: Rows, n: number): Float64Array => {
    const at = Math.min(n, of.rows - 1) * K;
    return of.data.subarray(at, at + K);
  };
  const put = (i: number, j: number, value: number): void => {
    const [m, n] = [Math.min(i, a.rows - 1), Math.min(j, b.rows - 1)];
    data[m * b.rows + n] = value;
    if (a === b) data[n * b.rows + m] = value;
  };
  for (let i = 0; i < a.rows; i += 4) {
    const [a0, a1, a2, a3] = [row(a, i), row(a, i + 1), row(a, i + 2), row(a, i + 3)];
    for (let j = a === b ? i : 0; j < b.rows; j += 2) {
      const [b0, b1] = [row(b, j), row(b, j + 1)];
      let [s00, s10, s20, s30, s01, s11, s21, s31] = [0, 0, 0, 0, 0, 0, 0, 0];
      for (let k = 0; k < K; k++) {
        const [x0, x1, x2, x3, y0, y1] = [a0[k], a1[k], a2[k], a3[k], b0[k], b1[k]];
        s00 += x0 * y0;
        s10 += x1 * y0;
        s20 += x2 * y0;
        s30 += x3 * y0;
        s01 += x0 * y1;
        s11 += x1 * y1;
        s21 += x2 * y1;
        s31 += x3 * y1;
      }
      [s00, s10, s20, s30].forEach((sum, m) => {
        put(i + m, j, sum);
      });
      [s01, s11, s21, s31].forEach((sum, m) => {
        put(i + m, j + 1, sum);
      });
    }
  }
  return { data, rows: a.rows, columns: b.rows };
}
