import { rowsAndColumns, zeros64, type Array64 } from '../array64.js';

/** Float64 loops: `C_jk = sum_n x_nj x_nk / (N - ddof)`, x without its column means when `centred`. */
export function covarianceReference(z: Array64, centred: boolean, ddof: number): Array64 {
  const [N, D] = rowsAndColumns(z);
  const x = centred ? withoutColumnMeans(z) : z;
  const c = zeros64(D, D);
  for (let n = 0; n < N; n++) {
    for (let j = 0; j < D; j++) {
      const factor = x.data[n * D + j] / (N - ddof);
      for (let k = 0; k < D; k++) c.data[j * D + k] += factor * x.data[n * D + k];
    }
  }
  return c;
}

export function withoutColumnMeans(z: Array64): Array64 {
  const [N, D] = rowsAndColumns(z);
  const x = { shape: z.shape, data: z.data.slice() };
  for (let j = 0; j < D; j++) {
    let sum = 0;
    for (let n = 0; n < N; n++) sum += z.data[n * D + j];
    for (let n = 0; n < N; n++) x.data[n * D + j] -= sum / N;
  }
  return x;
}
