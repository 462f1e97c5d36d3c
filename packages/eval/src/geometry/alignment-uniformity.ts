import { InputError, ShapeError } from '@jembench/core';
import { requireFinite, requireShape, type Matrix } from '../matrix/matrix.js';
import { timesTransposed } from '../matrix/products.js';
import { normalisedRows, squaredNorms } from '../matrix/rows.js';

// Rows of one block of the pairwise products: 256 x 10,000 numbers are 20 MB, where all pairs at once would be 800 MB.
const BLOCK = 256;

/**
 * Alignment: mean of `|x_i - y_i|^alpha` over pairs of views, rows L2-normalised; 0 when both views agree, at most `2^alpha`.
 *
 * @param a `[N, D]` embeddings of view 1, `N >= 1`. @param b `[N, D]` of view 2; row i is the same image as row i of `a`.
 * @throws ShapeError when the shapes differ; InputError when a value is not finite or `alpha` is not positive.
 * @see Wang and Isola, arXiv:2005.10242; SsnL/align_uniform@e256d47
 */
export function alignment(a: Matrix, b: Matrix, { alpha = 2 }: { alpha?: number } = {}): number {
  requirePairs('alignment', a, b);
  requirePositive('alignment', 'alpha', alpha);
  const x = normalisedRows(a).unit;
  const y = normalisedRows(b).unit;
  let sum = 0;
  for (let i = 0; i < x.rows; i++) sum += squaredDistance(x, y, i) ** (alpha / 2);
  return sum / x.rows;
}

/**
 * Uniformity: `ln mean exp(-t |x_i - x_j|^2)` over pairs `i < j`, rows L2-normalised; 0 when all directions are equal, lower for more
 * even spreads, never below `-4 t`.
 *
 * @param z `[N, D]`, `N >= 2`. Work: `N^2 D / 2`.
 * @throws ShapeError when there are fewer than two rows; InputError when a value is not finite or `t` is not positive.
 * @see Wang and Isola, arXiv:2005.10242; SsnL/align_uniform@e256d47
 */
export function uniformity(z: Matrix, { t = 2 }: { t?: number } = {}): number {
  requireShape('uniformity', 'z', z, 2);
  requireFinite('uniformity', 'z', z);
  requirePositive('uniformity', 't', t);
  // exp(-4 t) of opposite rows must not vanish, or the logarithm of a mean of zeros would be asked for.
  if (t > 100) throw new InputError(`uniformity: t, got ${t}, wanted at most 100`);
  return Math.log(meanKernel(normalisedRows(z).unit, t));
}

/** {@link alignmentUniformity}. */
export interface AlignmentUniformity {
  /** `alignment + (uniformityA + uniformityB) / 2`, the loss of the paper with weights 1. */
  readonly total: number;
  readonly alignment: number;
  readonly uniformityA: number;
  readonly uniformityB: number;
  /** Derivatives of `total` with respect to the rows as given, before normalisation. */
  readonly gradients: { readonly a: Matrix; readonly b: Matrix };
}

/**
 * Alignment and uniformity of two embedded views, with the gradient of their sum.
 *
 * The gradient of `|x|` at 0 is taken as 0 (rows that agree exactly, with `alpha < 2`), and a row of zeros gets no gradient.
 *
 * @param a `[N, D]`, `N >= 2`. @param b `[N, D]`; row i is the same image as row i of `a`.
 * @throws ShapeError when the shapes differ or there are fewer than two rows; InputError when a value is not finite.
 */
export function alignmentUniformity(
  a: Matrix,
  b: Matrix,
  { alpha = 2, t = 2 }: { alpha?: number; t?: number } = {},
): AlignmentUniformity {
  requirePairs('alignmentUniformity', a, b);
  requireShape('alignmentUniformity', 'a', a, 2);
  const align = alignment(a, b, { alpha });
  const uniformityA = uniformity(a, { t });
  const uniformityB = uniformity(b, { t });

  const x = normalisedRows(a).unit;
  const y = normalisedRows(b).unit;
  const gradX = new Float64Array(x.data.length);
  const gradY = new Float64Array(y.data.length);
  for (let i = 0; i < x.rows; i++) {
    const squared = squaredDistance(x, y, i);
    const slope = squared === 0 ? 0 : (alpha / x.rows) * squared ** (alpha / 2 - 1);
    for (let p = i * x.columns; p < (i + 1) * x.columns; p++) {
      const g = slope * (x.data[p] - y.data[p]);
      gradX[p] += g;
      gradY[p] -= g;
    }
  }
  addUniformityGradient(x, t, gradX);
  addUniformityGradient(y, t, gradY);
  return {
    total: align + (uniformityA + uniformityB) / 2,
    alignment: align,
    uniformityA,
    uniformityB,
    gradients: { a: throughNormalisation(a, x, gradX), b: throughNormalisation(b, y, gradY) },
  };
}

/** Mean of `exp(-t |x_i - x_j|^2)` over pairs, for unit rows (`|x_i - x_j|^2 = |x_i|^2 + |x_j|^2 - 2 x_i x_j`). */
function meanKernel(x: Matrix, t: number): number {
  const squared = squaredNorms(x);
  let sum = 0;
  for (let from = 0; from < x.rows; from += BLOCK) {
    const to = Math.min(x.rows, from + BLOCK);
    const products = timesTransposed(rowsBetween(x, from, to), rowsBetween(x, 0, to));
    for (let i = from; i < to; i++) {
      for (let j = 0; j < i; j++) {
        sum += Math.exp(-t * Math.max(0, squared[i] + squared[j] - 2 * products.data[(i - from) * to + j]));
      }
    }
  }
  return sum / ((x.rows * (x.rows - 1)) / 2);
}

/** Adds half the gradient of the uniformity of `x`: `-2 t sum_j w_ij (x_i - x_j) / 2`, `w` the share of a pair in the sum. */
function addUniformityGradient(x: Matrix, t: number, gradient: Float64Array): void {
  const n = x.rows;
  const d = x.columns;
  const squared = squaredNorms(x);
  const total = (meanKernel(x, t) * (n * (n - 1))) / 2;
  for (let from = 0; from < n; from += BLOCK) {
    const to = Math.min(n, from + BLOCK);
    const products = timesTransposed(rowsBetween(x, from, to), x);
    for (let i = from; i < to; i++) {
      for (let j = 0; j < n; j++) {
        if (j === i) continue;
        const share =
          Math.exp(-t * Math.max(0, squared[i] + squared[j] - 2 * products.data[(i - from) * n + j])) / total;
        for (let p = 0; p < d; p++) gradient[i * d + p] -= t * share * (x.data[i * d + p] - x.data[j * d + p]);
      }
    }
  }
}

/** The gradient with respect to `z` from the one with respect to `u = z / |z|`: `(g - (g u) u) / |z|`. */
function throughNormalisation(z: Matrix, unit: Matrix, gradient: Float64Array): Matrix {
  const data = new Float64Array(gradient.length);
  for (let i = 0; i < z.rows; i++) {
    let along = 0;
    let norm = 0;
    for (let p = i * z.columns; p < (i + 1) * z.columns; p++) {
      along += gradient[p] * unit.data[p];
      norm += z.data[p] * unit.data[p];
    }
    if (norm === 0) continue;
    for (let p = i * z.columns; p < (i + 1) * z.columns; p++) data[p] = (gradient[p] - along * unit.data[p]) / norm;
  }
  return { data, rows: z.rows, columns: z.columns };
}

function squaredDistance(x: Matrix, y: Matrix, row: number): number {
  let sum = 0;
  for (let p = row * x.columns; p < (row + 1) * x.columns; p++) sum += (x.data[p] - y.data[p]) ** 2;
  return sum;
}

function rowsBetween(x: Matrix, from: number, to: number): Matrix {
  return { data: x.data.subarray(from * x.columns, to * x.columns), rows: to - from, columns: x.columns };
}

function requirePairs(where: string, a: Matrix, b: Matrix): void {
  requireShape(where, 'a', a, 1);
  if (a.rows !== b.rows || a.columns !== b.columns) {
    throw new ShapeError(
      `${where}: b, got shape [${b.rows}, ${b.columns}], wanted [${a.rows}, ${a.columns}] as a: row i of both is one image`,
    );
  }
  requireFinite(where, 'a', a);
  requireFinite(where, 'b', b);
}

function requirePositive(where: string, what: string, value: number): void {
  if (!(value > 0 && value < Infinity))
    throw new InputError(`${where}: ${what}, got ${value}, wanted a positive number`);
}
