/**
 * Float64 definitions of the kernels at benchmark sizes, with their gradients.
 *
 * core's own references are plain loops for a test's sizes; at 256 x 8192 they would take minutes. These compute the same numbers
 * through whichever of the two exact algebraic forms is cheaper, in rows of typed arrays; tests hold them to core's references.
 */

import { rowProducts, transposed, type Rows } from '@jembench/harness';

/** The columns less their means. */
function centred({ data, rows, columns }: Rows): Rows {
  const means = new Float64Array(columns);
  for (let i = 0; i < data.length; i++) means[i % columns] += data[i] / rows;
  return { data: data.map((value, i) => value - means[i % columns]), rows, columns };
}

/** `a b`. */
const product = (a: Rows, b: Rows): Rows => rowProducts(a, transposed(b));

/** Sums of squares of the columns. */
function columnSquares({ data, columns }: Rows): Float64Array {
  const sums = new Float64Array(columns);
  for (let i = 0; i < data.length; i++) sums[i % columns] += data[i] ** 2;
  return sums;
}

const squares = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0);

/**
 * VICReg's covariance term of one branch, `sum_{j != k} C_jk^2 / D`, `C = X^T X / (N - 1)` of the centred `X`, and its gradient
 * `4 X (C - diag C) / (D (N - 1))`, whose columns are centred already.
 */
export function covariancePenalty(z: Rows): { total: number; gradient: Float64Array } {
  const x = centred(z);
  const { rows: N, columns: D } = x;
  const variances = columnSquares(x).map((sum) => sum / (N - 1));
  const scale = 4 / (D * (N - 1));
  if (N < D) {
    const gram = rowProducts(x, x);
    const total = (squares(gram.data) / (N - 1) ** 2 - squares(variances)) / D;
    const whole = product(gram, x).data;
    return { total, gradient: whole.map((value, i) => scale * (value / (N - 1) - x.data[i] * variances[i % D])) };
  }
  const xt = transposed(x);
  const c = rowProducts(xt, xt).data.map((value) => value / (N - 1));
  for (let j = 0; j < D; j++) c[j * D + j] = 0;
  const gradient = rowProducts(x, { data: c, rows: D, columns: D }).data.map((value) => scale * value);
  return { total: squares(c) / D, gradient };
}

/**
 * Barlow Twins' loss `sum_i (C_ii - 1)^2 + lambda sum_{i != j} C_ij^2`, `C = X^T Y / N` of the standardised views (biased variance + eps),
 * with its gradients by both views, through the Gram form: `C_ij` is only needed on the diagonal.
 */
export function barlowTwinsLoss(a: Rows, b: Rows, lambda: number, eps: number) {
  const x = standardised(a, eps);
  const y = standardised(b, eps);
  const { rows: N, columns: D } = a;
  const diagonal = new Float64Array(D);
  for (let i = 0; i < x.data.length; i++) diagonal[i % D] += (x.data[i] * y.data[i]) / N;
  const gramX = rowProducts(x, x);
  const gramY = rowProducts(y, y);
  let all = 0;
  for (let i = 0; i < gramX.data.length; i++) all += (gramX.data[i] * gramY.data[i]) / (N * N);
  const onDiagonal = diagonal.reduce((sum, value) => sum + (value - 1) ** 2, 0);
  const total = onDiagonal + lambda * (all - squares(diagonal));

  // d total / d C is 2 lambda C off the diagonal and 2 (C_ii - 1) on it.
  const towards = (gram: Rows, own: Standardised, other: Standardised): Float64Array => {
    const whole = product(gram, own).data;
    const slope = whole.map((value, i) => {
      const c = diagonal[i % D];
      return (2 * lambda * value) / (N * N) + ((2 * (c - 1) - 2 * lambda * c) * other.data[i]) / N;
    });
    return throughStandardise(slope, own);
  };
  return { total, gradientA: towards(gramY, x, y), gradientB: towards(gramX, y, x) };
}

interface Standardised extends Rows {
  readonly inverseStd: Float64Array;
}

function standardised(z: Rows, eps: number): Standardised {
  const x = centred(z);
  const inverseStd = columnSquares(x).map((sum) => 1 / Math.sqrt(sum / x.rows + eps));
  return { ...x, data: x.data.map((value, i) => value * inverseStd[i % x.columns]), inverseStd };
}

/** The gradient of a standardised matrix, taken back to what was standardised. */
function throughStandardise(slope: Float64Array, { data, rows, columns, inverseStd }: Standardised): Float64Array {
  const meanSlope = new Float64Array(columns);
  const meanProduct = new Float64Array(columns);
  for (let i = 0; i < slope.length; i++) {
    meanSlope[i % columns] += slope[i] / rows;
    meanProduct[i % columns] += (slope[i] * data[i]) / rows;
  }
  return slope.map((value, i) => {
    const j = i % columns;
    return inverseStd[j] * (value - meanSlope[j] - data[i] * meanProduct[j]);
  });
}

/** Sinkhorn on `[N, K]` scores in the log domain, float64: `iterations` times columns to `1 / K`, rows to `1 / N`, then times N. */
export function sinkhornAssignment(
  { data, rows: N, columns: K }: Rows,
  epsilon: number,
  iterations: number,
): Float64Array {
  const logs = data.map((value) => value / epsilon);
  // The columns side by side: memory is read in the order in which it lies.
  const largest = new Float64Array(K);
  const sums = new Float64Array(K);
  for (let iteration = 0; iteration < iterations; iteration++) {
    largest.fill(-Infinity);
    sums.fill(0);
    for (let n = 0; n < logs.length; n += K) {
      for (let k = 0; k < K; k++) if (logs[n + k] > largest[k]) largest[k] = logs[n + k];
    }
    for (let n = 0; n < logs.length; n += K) {
      for (let k = 0; k < K; k++) sums[k] += Math.exp(logs[n + k] - largest[k]);
    }
    const offsets = largest.map((value, k) => value + Math.log(sums[k]));
    for (let n = 0; n < N; n++) {
      const row = logs.subarray(n * K, (n + 1) * K);
      let most = -Infinity;
      let sum = 0;
      for (let k = 0; k < K; k++) {
        row[k] -= offsets[k];
        if (row[k] > most) most = row[k];
      }
      for (let k = 0; k < K; k++) sum += Math.exp(row[k] - most);
      const offset = most + Math.log(sum);
      for (let k = 0; k < K; k++) row[k] -= offset;
    }
  }
  return logs.map(Math.exp);
}
