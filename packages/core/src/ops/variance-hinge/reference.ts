import { rowsAndColumns, type Array64 } from '../array64.js';
import { withoutColumnMeans } from '../covariance/reference.js';
import type { VarianceHingeSettings } from './composed.js';

/** Float64 loops: `mean_j max(0, gamma - spread_j)`. */
export function varianceHingeReference(
  z: Array64,
  { gamma, eps, spread, centred, ddof }: VarianceHingeSettings,
): number {
  const [N, D] = rowsAndColumns(z);
  const x = centred ? withoutColumnMeans(z) : z;
  let hinges = 0;
  for (let j = 0; j < D; j++) {
    let squares = 0;
    for (let n = 0; n < N; n++) squares += x.data[n * D + j] ** 2;
    const variance = squares / (N - ddof);
    hinges += Math.max(0, gamma - (spread === 'std' ? Math.sqrt(variance + eps) : variance));
  }
  return hinges / D;
}
