import { zeros64, type Array64 } from '../array64.js';

/** Float64 loops: for every image, head and position, the values of all positions weighted by softmax of the scaled scores. */
export function attentionReference({ shape, data }: Array64, heads: number): Array64 {
  const [N, T, packed] = shape;
  const D = packed / 3;
  const size = D / heads;
  const y = zeros64(N, T, D);
  const at = (n: number, t: number, part: number, column: number): number =>
    data[(n * T + t) * packed + part * D + column];
  for (let n = 0; n < N; n++) {
    for (let first = 0; first < D; first += size) {
      for (let t = 0; t < T; t++) {
        const scores = Float64Array.from({ length: T }, (_, s) => {
          let score = 0;
          for (let c = first; c < first + size; c++) score += at(n, t, 0, c) * at(n, s, 1, c);
          return score / Math.sqrt(size);
        });
        const largest = Math.max(...scores);
        const weights = scores.map((score) => Math.exp(score - largest));
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        for (let c = first; c < first + size; c++) {
          let sum = 0;
          for (let s = 0; s < T; s++) sum += weights[s] * at(n, s, 2, c);
          y.data[(n * T + t) * D + c] = sum / total;
        }
      }
    }
  }
  return y;
}
