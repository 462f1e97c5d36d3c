import { rowProducts, transposed } from '@jembench/harness';
import type { Node, Tape } from './tape.js';

/** Under the root of the variance, in the official form of the loss. */
const eps = 1e-4;

export interface LossWeights {
  readonly invariance: number;
  readonly variance: number;
  readonly covariance: number;
}

/**
 * VICReg's loss of two views `[N, D]` in float64, in the official form, with its gradients:
 *
 *     i mean (a - b)^2  +  v sum_{z in a,b} 1/2 mean_j max(0, 1 - sqrt(var_j(z) + eps))  +  c sum_{z in a,b} 1/D sum_{j != k} C_jk(z)^2
 *
 * @see facebookresearch/vicreg@4e12602 main_vicreg.py
 */
export function vicregLoss(tape: Tape, a: Node, b: Node, { invariance, variance, covariance }: LossWeights): Node {
  const size = a.data.length;
  const difference = a.data.map((value, i) => value - b.data[i]);
  const apart = difference.reduce((sum, value) => sum + value * value, 0) / size;
  const branches = [a, b].map((z, i) => {
    const hinge = spread(z);
    const products = correlation(z);
    const sign = i === 0 ? 1 : -1;
    const gradient = difference.map(
      (value, at) =>
        (sign * invariance * 2 * value) / size + variance * hinge.gradient[at] + covariance * products.gradient[at],
    );
    return { total: variance * hinge.total + covariance * products.total, node: z, gradient };
  });
  return tape.known(invariance * apart + branches[0].total + branches[1].total, branches);
}

/** The columns less their means. */
function centred({ data, rows, columns }: Node): Float64Array {
  const means = new Float64Array(columns);
  for (let i = 0; i < data.length; i++) means[i % columns] += data[i] / rows;
  return data.map((value, i) => value - means[i % columns]);
}

/** `1/2 mean_j max(0, 1 - s_j)`, `s_j` the standard deviation of a column, whose gradient is `x_nj / ((N - 1) s_j)`. */
function spread(z: Node) {
  const { rows: N, columns: D } = z;
  const x = centred(z);
  const variances = new Float64Array(D);
  for (let i = 0; i < x.length; i++) variances[i % D] += x[i] ** 2 / (N - 1);
  const deviations = variances.map((value) => Math.sqrt(value + eps));
  const total = deviations.reduce((sum, value) => sum + Math.max(0, 1 - value), 0) / (2 * D);
  const gradient = x.map((value, i) => {
    const deviation = deviations[i % D];
    return deviation < 1 ? -value / (2 * D * (N - 1) * deviation) : 0;
  });
  return { total, gradient };
}

/** `1/D sum_{j != k} C_jk^2`, `C = X^T X / (N - 1)`, and its gradient `4 X (C - diag C) / (D (N - 1))`. */
function correlation(z: Node) {
  const { rows: N, columns: D } = z;
  const x = centred(z);
  const columns = transposed({ data: x, rows: N, columns: D });
  const c = rowProducts(columns, columns).data.map((value) => value / (N - 1));
  for (let j = 0; j < D; j++) c[j * D + j] = 0;
  const total = c.reduce((sum, value) => sum + value * value, 0) / D;
  const gradient = rowProducts({ data: x, rows: N, columns: D }, { data: c, rows: D, columns: D }).data.map(
    (value) => (4 * value) / (D * (N - 1)),
  );
  return { total, gradient };
}
