import { rowsAndColumns, type Array64 } from '../array64.js';

/** Float64 loops: `z / temperature` without the logarithm of the sum of its exponentials, a row at a time. */
export function logSoftargmaxReference(z: Array64, temperature: number): Array64 {
  const [rows, K] = rowsAndColumns(z);
  const y = { shape: z.shape, data: new Float64Array(z.data.length) };
  for (let n = 0; n < rows; n++) {
    const row = z.data.subarray(n * K, (n + 1) * K);
    let largest = -Infinity;
    for (const value of row) largest = Math.max(largest, value);
    let sum = 0;
    for (const value of row) sum += Math.exp((value - largest) / temperature);
    for (let k = 0; k < K; k++) y.data[n * K + k] = (row[k] - largest) / temperature - Math.log(sum);
  }
  return y;
}

export function softargmaxReference(z: Array64, temperature: number): Array64 {
  const { shape, data } = logSoftargmaxReference(z, temperature);
  return { shape, data: data.map(Math.exp) };
}
