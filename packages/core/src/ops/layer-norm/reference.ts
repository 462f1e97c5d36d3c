import { rowsAndColumns, type Array64 } from '../array64.js';

/** Float64 loops: each row with mean 0 and variance 1 (biased, plus eps), then `gamma` and `beta` by column. */
export function layerNormReference(
  x: Array64,
  gamma: Array64 | undefined,
  beta: Array64 | undefined,
  eps: number,
): Array64 {
  const [rows, D] = rowsAndColumns(x);
  const y = { shape: x.shape, data: x.data.slice() };
  for (let n = 0; n < rows; n++) {
    const row = y.data.subarray(n * D, (n + 1) * D);
    const mean = row.reduce((sum, value) => sum + value, 0) / D;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / D;
    for (let j = 0; j < D; j++) {
      row[j] = ((row[j] - mean) / Math.sqrt(variance + eps)) * (gamma?.data[j] ?? 1) + (beta?.data[j] ?? 0);
    }
  }
  return y;
}
