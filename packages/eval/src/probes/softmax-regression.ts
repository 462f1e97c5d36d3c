import { choleskyFactor, choleskyInverse } from '../matrix/cholesky.js';
import { transpose, type Matrix } from '../matrix/matrix.js';
import { gram, timesTransposed } from '../matrix/products.js';
import { lbfgs, type Minimum } from '../optimise/lbfgs.js';

/**
 * Weights and biases in one vector, `[K (D + 1)]`: the `K` rows of `W^T`, `D` values each, then the `K` biases.
 */
export type SoftmaxParameters = Float64Array;

/** What a fit of {@link SoftmaxRegression} is asked for. */
export interface SoftmaxFit {
  readonly l2: number;
  readonly gradientTolerance: number;
  readonly maxIterations: number;
  readonly start: SoftmaxParameters;
}

// Beyond this width, forming and inverting the [D, D] correlation costs more than the iterations that it saves.
const WIDEST_PRECONDITIONER = 1024;

/**
 * Multinomial logistic regression on one set of standardised features, to be fitted for several penalties.
 *
 *     mean cross-entropy + l2/2 sum W^2,   the bias not penalised
 *
 * The Hessian is close to `c R + l2` for every class, with `R = X^T X / N` and `c` the mean of `p (1 - p)` (Boehning's bound has the
 * same form): its inverse preconditions L-BFGS, so that correlated features, the rule in embeddings, do not slow it down. It is formed
 * once a fit, because a product of matrices takes a tenth of the time of two triangular solves.
 */
export class SoftmaxRegression {
  readonly #features: Matrix;
  readonly #columns: Matrix;
  readonly #labels: Int32Array;
  readonly #classes: number;
  #correlation: Matrix | undefined;

  /** @param features `[N, D]`, columns of mean 0. @param labels `[N]`, every one of the `classes` at least once. */
  constructor(features: Matrix, labels: Int32Array, classes: number) {
    this.#features = features;
    this.#columns = transpose(features);
    this.#labels = labels;
    this.#classes = classes;
  }

  /** Zero weights, and biases that give the classes' shares: the optimum for an infinite penalty. */
  prior(): SoftmaxParameters {
    const d = this.#features.columns;
    const parameters = new Float64Array(this.#classes * (d + 1));
    for (const label of this.#labels) parameters[this.#classes * d + label]++;
    for (let k = this.#classes * d; k < parameters.length; k++)
      parameters[k] = Math.log(parameters[k] / this.#labels.length);
    return parameters;
  }

  fit({ l2, gradientTolerance, maxIterations, start }: SoftmaxFit): Minimum {
    return lbfgs((x, gradient) => this.objective(x, l2, gradient), start, {
      gradientTolerance,
      maxIterations,
      precondition: this.#preconditioner(l2, start),
    });
  }

  /** The penalised objective; writes its gradient into `gradient` when given. */
  objective(parameters: SoftmaxParameters, l2: number, gradient?: Float64Array): number {
    const n = this.#features.rows;
    const d = this.#features.columns;
    const classes = this.#classes;
    const probabilities = logits(this.#features, parameters, classes);
    let value = 0;
    for (let i = 0; i < n; i++) {
      const row = probabilities.data.subarray(i * classes, (i + 1) * classes);
      const wanted = row[this.#labels[i]];
      value += softmaxInPlace(row) - wanted;
    }
    value /= n;
    let squares = 0;
    for (let p = 0; p < classes * d; p++) squares += parameters[p] * parameters[p];
    value += (l2 / 2) * squares;
    if (gradient === undefined) return value;

    // (p - y) / N, transposed so that the product with the columns runs along rows.
    for (let i = 0; i < n; i++) probabilities.data[i * classes + this.#labels[i]] -= 1;
    const residuals = transpose(probabilities);
    const slopes = timesTransposed(this.#columns, residuals).data;
    for (let k = 0; k < classes; k++) {
      for (let j = 0; j < d; j++) gradient[k * d + j] = slopes[j * classes + k] / n + l2 * parameters[k * d + j];
      let sum = 0;
      for (let i = 0; i < n; i++) sum += residuals.data[k * n + i];
      gradient[classes * d + k] = sum / n;
    }
    return value;
  }

  /** Mean of `p (1 - p)` over rows and classes. */
  #curvature(parameters: SoftmaxParameters): number {
    const classes = this.#classes;
    const probabilities = logits(this.#features, parameters, classes);
    let sum = 0;
    for (let i = 0; i < this.#features.rows; i++) {
      const row = probabilities.data.subarray(i * classes, (i + 1) * classes);
      softmaxInPlace(row);
      for (const p of row) sum += p * (1 - p);
    }
    return sum / probabilities.data.length;
  }

  #preconditioner(l2: number, start: SoftmaxParameters): ((vector: Float64Array) => void) | undefined {
    const d = this.#features.columns;
    if (d > WIDEST_PRECONDITIONER) return undefined;
    const curvature = this.#curvature(start);
    if (!(curvature > 0)) return undefined;
    this.#correlation ??= gram(this.#columns);
    const n = this.#features.rows;
    const hessian = { ...this.#correlation, data: this.#correlation.data.map((r) => (curvature * r) / n) };
    for (let j = 0; j < d; j++) hessian.data[j * d + j] += l2;
    const inverse = choleskyInverse(choleskyFactor(hessian));
    const weights = this.#classes * d;
    return (vector) => {
      const rows = { data: vector.subarray(0, weights), rows: this.#classes, columns: d };
      vector.set(timesTransposed(rows, inverse).data);
      for (let k = weights; k < vector.length; k++) vector[k] /= curvature;
    };
  }
}

/** `X W + b`, `[N, K]`. */
export function logits(features: Matrix, parameters: SoftmaxParameters, classes: number): Matrix {
  const d = features.columns;
  const scores = timesTransposed(features, { data: parameters.subarray(0, classes * d), rows: classes, columns: d });
  for (let i = 0, p = 0; i < features.rows; i++) {
    for (let k = 0; k < classes; k++, p++) scores.data[p] += parameters[classes * d + k];
  }
  return scores;
}

/** Replaces scores by their softmax; returns `ln sum exp` of the scores. */
export function softmaxInPlace(row: Float64Array): number {
  let largest = -Infinity;
  for (const x of row) largest = Math.max(largest, x);
  let sum = 0;
  for (let k = 0; k < row.length; k++) {
    row[k] = Math.exp(row[k] - largest);
    sum += row[k];
  }
  for (let k = 0; k < row.length; k++) row[k] /= sum;
  return largest + Math.log(sum);
}
