import { rowsAndColumns, type Array64 } from '../array64.js';
import { withoutColumnMeans } from '../covariance/reference.js';

/** Float64 loops: columns of mean 0, divided by `sqrt(biased variance + eps)`. */
export function standardiseReference(z: Array64, eps: number): Array64 {
  const [N, D] = rowsAndColumns(z);
  const x = withoutColumnMeans(z);
  for (let j = 0; j < D; j++) {
    let squares = 0;
    for (let n = 0; n < N; n++) squares += x.data[n * D + j] ** 2;
    const scale = 1 / Math.sqrt(squares / N + eps);
    for (let n = 0; n < N; n++) x.data[n * D + j] *= scale;
  }
  return x;
}
