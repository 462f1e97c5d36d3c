import { rowsAndColumns, zeros64, type Array64 } from '../array64.js';

/**
 * Float64 loops: all prototypes get the same mass, then all samples, `iterations` times over.
 *
 * In the log domain, because `exp(score / epsilon)` leaves float64, too, where epsilon is small.
 */
export function sinkhornReference(scores: Array64, epsilon: number, iterations: number): Array64 {
  const [N, K] = rowsAndColumns(scores);
  const logits = scores.data.map((score) => score / epsilon);
  subtract(logits, logSumExp(logits), 0, 1, logits.length);
  for (let i = 0; i < iterations; i++) {
    for (let k = 0; k < K; k++) {
      const column = logits.filter((_, index) => index % K === k);
      subtract(logits, logSumExp(column) + Math.log(K), k, K, N);
    }
    for (let n = 0; n < N; n++) {
      const row = logits.subarray(n * K, (n + 1) * K);
      subtract(logits, logSumExp(row) + Math.log(N), n * K, 1, K);
    }
  }
  const q = zeros64(N, K);
  for (let i = 0; i < q.data.length; i++) q.data[i] = N * Math.exp(logits[i]);
  return q;
}

function logSumExp(values: Float64Array): number {
  const largest = values.reduce((a, b) => Math.max(a, b), -Infinity);
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}

function subtract(values: Float64Array, amount: number, start: number, stride: number, count: number): void {
  for (let i = 0; i < count; i++) values[start + i * stride] -= amount;
}
