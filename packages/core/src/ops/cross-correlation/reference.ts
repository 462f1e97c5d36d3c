import { rowsAndColumns, zeros64, type Array64 } from '../array64.js';
import { standardiseReference } from '../standardise/reference.js';

/** Float64 loops: `C_jk = sum_n x_nj y_nk / N` of the standardised views. */
export function crossCorrelationReference(a: Array64, b: Array64, eps: number): Array64 {
  const [N, D] = rowsAndColumns(a);
  const x = standardiseReference(a, eps).data;
  const y = standardiseReference(b, eps).data;
  const c = zeros64(D, D);
  for (let n = 0; n < N; n++) {
    for (let j = 0; j < D; j++) {
      for (let k = 0; k < D; k++) c.data[j * D + k] += (x[n * D + j] * y[n * D + k]) / N;
    }
  }
  return c;
}
