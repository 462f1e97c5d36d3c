import { InputError, ShapeError } from '@jembench/core';
import { choleskyFactor, forwardSolve } from '../matrix/cholesky.js';
import { requireFinite, requireShape, transpose, type Matrix } from '../matrix/matrix.js';
import { gram } from '../matrix/products.js';
import { columnMeans } from '../matrix/rows.js';
import { singularValues } from './singular-values.js';

/** Options of {@link lidar}. */
export interface LidarOptions {
  /** Added to the diagonal of the within-sample scatter. Default 1e-4. It is absolute: embeddings of another scale need another one. */
  readonly delta: number;
  /** Added to each share before its logarithm. Default 1e-8. */
  readonly epsilon: number;
  /** `population`: scatters divided by `n` and `n q` (default, the paper's expectations). `unbiased`: by `n - 1` and `n (q - 1)`. */
  readonly divisors: 'population' | 'unbiased';
  /**
   * Where epsilon enters. `after`: `p = l / sum l + eps` (default, the paper). `before`: `p = (l + eps) / sum (l + eps)`
   * (rbalestr-lab/stable-pretraining@9aa93f8).
   */
  readonly smoothing: 'after' | 'before';
}

/** What {@link lidar} returns. */
export interface Lidar {
  /** Between 1 and `min(n - 1, D)` (up to epsilon); `null` when all sample means are equal. */
  readonly lidar: number | null;
  /** Eigenvalues of `S_w^-1/2 S_b S_w^-1/2`, descending, `[D]`. */
  readonly eigenvalues: Float64Array;
  /** `min(n - 1, D)`, the highest rank that `n` samples can show. */
  readonly rankCap: number;
}

/**
 * LiDAR: the effective rank of what tells samples apart, measured against how much augmentations of one sample differ.
 *
 *     S_b = scatter of sample means,  S_w = within-sample scatter + delta I,  exp(entropy of the eigenvalues of S_w^-1/2 S_b S_w^-1/2)
 *
 * With `S_w = L L^T` and `S_b = B B^T` the eigenvalues are the squared singular values of `L^-1 B`, `[D, n]`: no matrix root is taken.
 *
 * @param z `[n q, D]`, sample-major: rows `i q .. i q + q - 1` are the `q` augmentations of sample `i`.
 * @param q augmentations of each sample, `>= 2`; at least two samples.
 * @throws ShapeError when the rows are not `n q`, `n >= 2`, `q >= 2`; InputError when a value is not finite or `delta` not positive.
 * @see Thilak et al., arXiv:2312.04000
 */
export function lidar(z: Matrix, q: number, options: Partial<LidarOptions> = {}): Lidar {
  const { delta = 1e-4, epsilon = 1e-8, divisors = 'population', smoothing = 'after' } = options;
  requireShape('lidar', 'z', z, 1);
  const n = z.rows / q;
  if (!Number.isInteger(q) || q < 2 || !Number.isInteger(n) || n < 2) {
    throw new ShapeError(
      `lidar: z, got ${z.rows} rows for q=${q}, wanted n * q rows with n >= 2 samples of q >= 2 augmentations`,
    );
  }
  if (!(delta > 0) || !(epsilon >= 0)) {
    throw new InputError(`lidar: delta and epsilon, got ${delta} and ${epsilon}, wanted delta > 0 and epsilon >= 0`);
  }
  requireFinite('lidar', 'z', z);

  const { means, within } = scatters(z, n, q);
  const [nBetween, nWithin] = divisors === 'population' ? [n, n * q] : [n - 1, n * (q - 1)];
  const sw = gram(transpose(within));
  for (let i = 0; i < sw.data.length; i++) sw.data[i] /= nWithin;
  for (let j = 0; j < z.columns; j++) sw.data[j * z.columns + j] += delta;
  for (let i = 0; i < means.data.length; i++) means.data[i] /= Math.sqrt(nBetween);
  forwardSolve(choleskyFactor(sw), means);

  const eigenvalues = new Float64Array(z.columns);
  eigenvalues.set(singularValues(means).map((s) => s * s));
  return {
    lidar: entropyExponential(eigenvalues, epsilon, smoothing),
    eigenvalues,
    rankCap: Math.min(n - 1, z.columns),
  };
}

/** Centred sample means `[n, D]` and deviations from them `[n q, D]`. */
function scatters(z: Matrix, n: number, q: number): { means: Matrix; within: Matrix } {
  const d = z.columns;
  const within = new Float64Array(z.data.length);
  const means = new Float64Array(n * d);
  for (let i = 0; i < n; i++) {
    const rows = { data: z.data.subarray(i * q * d, (i + 1) * q * d), rows: q, columns: d };
    const mean = columnMeans(rows);
    means.set(mean, i * d);
    for (let p = 0; p < q * d; p++) within[i * q * d + p] = rows.data[p] - mean[p % d];
  }
  const grand = columnMeans({ data: means, rows: n, columns: d });
  for (let p = 0; p < means.length; p++) means[p] -= grand[p % d];
  return { means: { data: means, rows: n, columns: d }, within: { data: within, rows: n * q, columns: d } };
}

function entropyExponential(
  eigenvalues: Float64Array,
  epsilon: number,
  smoothing: LidarOptions['smoothing'],
): number | null {
  const inside = smoothing === 'before' ? epsilon : 0;
  const outside = smoothing === 'after' ? epsilon : 0;
  const total = eigenvalues.reduce((sum, x) => sum + x + inside, 0);
  if (eigenvalues[0] === 0) return null;
  let entropy = 0;
  for (const value of eigenvalues) {
    const p = (value + inside) / total + outside;
    if (p > 0) entropy -= p * Math.log(p);
  }
  return Math.exp(entropy);
}
