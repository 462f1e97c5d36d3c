import { rowsAndColumns, type Array64 } from '../array64.js';
import { logSoftargmaxReference } from '../softargmax/reference.js';

/** Float64 loops: minus the sum of `q log p`, over the rows. */
export function crossEntropyReference(targets: Array64, scores: Array64, temperature: number): number {
  const [rows] = rowsAndColumns(scores);
  const logs = logSoftargmaxReference(scores, temperature).data;
  return -targets.data.reduce((sum, q, i) => sum + q * logs[i], 0) / rows;
}
