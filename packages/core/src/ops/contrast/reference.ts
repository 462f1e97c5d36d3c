import { rowsAndColumns, type Array64 } from '../array64.js';

/** Float64 loops over the anchors: `-log(exp(s_ip) / sum_{j != i} exp(s_ij))` and `-s_ip`, averaged. */
export function contrastReference(z: Array64, temperature: number): { total: number; attraction: number } {
  const [rows, D] = rowsAndColumns(z);
  const dot = (i: number, j: number): number => {
    let sum = 0;
    for (let k = 0; k < D; k++) sum += z.data[i * D + k] * z.data[j * D + k];
    return sum / temperature;
  };
  let total = 0;
  let attraction = 0;
  for (let i = 0; i < rows; i++) {
    const positive = dot(i, (i + rows / 2) % rows);
    const others = Array.from({ length: rows }, (_, j) => j).filter((j) => j !== i);
    total += Math.log(others.reduce((sum, j) => sum + Math.exp(dot(i, j) - positive), 0)) / rows;
    attraction -= positive / rows;
  }
  return { total, attraction };
}
