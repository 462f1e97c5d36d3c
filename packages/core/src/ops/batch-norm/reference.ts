import { rowsAndColumns, zeros64, type Array64 } from '../array64.js';

export interface BatchNormReference {
  readonly y: Array64;
  readonly mean: Array64;
  readonly variance: Array64;
}

/** Float64 loops: each channel with mean 0 and variance 1 (biased, plus eps) over all other axes, then `gamma` and `beta`. */
export function batchNormReference(
  x: Array64,
  gamma: Array64 | undefined,
  beta: Array64 | undefined,
  eps: number,
): BatchNormReference {
  const [rows, C] = rowsAndColumns(x);
  const y = zeros64(...x.shape);
  const mean = zeros64(C);
  const variance = zeros64(C);
  for (let c = 0; c < C; c++) {
    let sum = 0;
    for (let n = 0; n < rows; n++) sum += x.data[n * C + c];
    mean.data[c] = sum / rows;
    let squares = 0;
    for (let n = 0; n < rows; n++) squares += (x.data[n * C + c] - mean.data[c]) ** 2;
    variance.data[c] = squares / rows;
    const scale = (gamma?.data[c] ?? 1) / Math.sqrt(variance.data[c] + eps);
    for (let n = 0; n < rows; n++) {
      y.data[n * C + c] = (x.data[n * C + c] - mean.data[c]) * scale + (beta?.data[c] ?? 0);
    }
  }
  return { y, mean, variance };
}
