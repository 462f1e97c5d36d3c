import { sumLanes } from './lanes';
import { expNegative1, expNegative4, log1 } from './math';
import { rowMax } from './rows';

// NT-Xent on the cosines [m, m] of m = 2 n rows, row i and row i + n being the two views of an image.

/** Of no weight beside any cosine, at any temperature. */
const EXCLUDED: f32 = -1e30;

/** log(1 + e^d): for a confident anchor, of which d is far below 0, it is e^d, and 1 + e^d rounds to 1. */
function softplus(d: f32): f32 {
  const e = expNegative1(-Mathf.abs(d));
  const u: f32 = 1 + e;
  const small: f32 = u == 1 ? e : (log1(u) * e) / (u - 1);
  return (d > 0 ? d : 0) + small + 0 * d;
}

/**
 * results[0] = the mean over the anchors of log(1 + exp(log sum_negatives exp(s) - s_positive)), results[1] = that of -s_positive; s = scale cosine. An
 * anchor's own and its positive's cosine are replaced by `EXCLUDED`; kept for it: its positive s and the logarithm of its negatives' sum.
 */
export function contrastForward(cosines: usize, kept: usize, m: i32, scale: f32, results: usize): void {
  const pitch = (<usize>m) << 2;
  const factor = f32x4.splat(scale);
  let total: f64 = 0;
  let attraction: f64 = 0;
  for (let i = 0; i < m; i++) {
    const row = cosines + <usize>i * pitch;
    const other = row + ((<usize>((i + (m >> 1)) % m)) << 2);
    const positive = scale * load<f32>(other);
    store<f32>(row + ((<usize>i) << 2), EXCLUDED);
    store<f32>(other, EXCLUDED);
    const most = rowMax(row, m);
    let k = 0;
    let sums = f32x4.splat(0);
    for (; k + 4 <= m; k += 4) {
      const distance = f32x4.sub(v128.load(row + ((<usize>k) << 2)), f32x4.splat(most));
      sums = f32x4.add(sums, expNegative4(f32x4.mul(distance, factor)));
    }
    let sum = sumLanes(sums);
    for (; k < m; k++) sum += <f64>expNegative1((load<f32>(row + ((<usize>k) << 2)) - most) * scale);
    const negatives = scale * most + log1(<f32>sum);
    total += <f64>softplus(negatives - positive);
    attraction -= <f64>positive;
    store<f32>(kept + ((<usize>i) << 3), positive);
    store<f32>(kept + ((<usize>i) << 3), negatives, 4);
  }
  store<f32>(results, <f32>(total / <f64>m));
  store<f32>(results, <f32>(attraction / <f64>m), 4);
}

/**
 * weights[m, m] = the gradient by the cosines, plus its transpose: what the rows are multiplied by for theirs. `slope` and `pull` are the gradients
 * by the two results, times scale / m.
 */
export function contrastWeights(
  cosines: usize,
  kept: usize,
  weights: usize,
  m: i32,
  scale: f32,
  slope: f32,
  pull: f32,
): void {
  const pitch = (<usize>m) << 2;
  const factor = f32x4.splat(scale);
  for (let i = 0; i < m; i++) {
    const row = cosines + <usize>i * pitch;
    const to = weights + <usize>i * pitch;
    const positive = load<f32>(kept + ((<usize>i) << 3));
    const negatives = load<f32>(kept + ((<usize>i) << 3), 4);
    const d = negatives - positive;
    // The share of the negatives, e^d / (1 + e^d), and of one of them: its exp(s - negatives) times that.
    const e = expNegative1(-Mathf.abs(d));
    const share: f32 = (d > 0 ? 1 : e) / (1 + e) + 0 * d;
    const w = f32x4.splat(slope * share);
    const n = f32x4.splat(negatives);
    let k = 0;
    for (; k + 4 <= m; k += 4) {
      const at = (<usize>k) << 2;
      const s = f32x4.mul(v128.load(row + at), factor);
      v128.store(to + at, f32x4.mul(expNegative4(f32x4.sub(s, n)), w));
    }
    for (; k < m; k++) {
      const at = (<usize>k) << 2;
      store<f32>(to + at, expNegative1(load<f32>(row + at) * scale - negatives) * slope * share);
    }
    store<f32>(to + ((<usize>((i + (m >> 1)) % m)) << 2), -(slope * share + pull));
  }
  for (let i = 0; i < m; i++) {
    for (let k = 0; k <= i; k++) {
      const lower = weights + <usize>i * pitch + ((<usize>k) << 2);
      const upper = weights + <usize>k * pitch + ((<usize>i) << 2);
      const sum = load<f32>(lower) + load<f32>(upper);
      store<f32>(lower, sum);
      store<f32>(upper, sum);
    }
  }
}
