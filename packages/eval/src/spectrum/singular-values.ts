import { Matrix as MlMatrix, QrDecomposition } from 'ml-matrix';
import { magnitude, requireFinite, requireShape, transpose, type Matrix } from '../matrix/matrix.js';
import { gram, timesTransposed } from '../matrix/products.js';
import { centred, columnMeans, scaledToUnit } from '../matrix/rows.js';
import { symmetricEigenvalues } from './symmetric-eigenvalues.js';

/**
 * Multiplications (`N D min(N, D)`) up to which the singular values come from a decomposition of the matrix itself (a third of a second);
 * beyond it they come from the smaller Gram matrix.
 */
const DIRECT_WORK = 2 ** 24;

/** The singular values of a matrix of embeddings and of the same matrix with its column means taken off. */
export interface Spectra {
  /** Of `z` as given, descending, `[min(N, D)]`. */
  readonly singularValues: Float64Array;
  /** Of `z` minus its column means, descending, `[min(N, D)]`; at most `min(N - 1, D)` are not zero. */
  readonly centredSingularValues: Float64Array;
}

/**
 * Singular values of `z`, descending, `[min(N, D)]`.
 *
 * Small matrices are decomposed directly (error about 1e-16 of the largest value). Large ones go through the Gram matrix on their
 * smaller side, `z z^T` or `z^T z`: many times faster, exact to 1e-16 in the squares, so values below about 1e-8 of the largest are
 * rounding. Embeddings come from float32 networks, whose own rounding is 6e-8: nothing that was there is lost.
 *
 * @param z `[N, D]`, `N, D >= 1`.
 * @throws ShapeError when `z` is empty; InputError when a value is not finite.
 */
export function singularValues(z: Matrix): Float64Array {
  requireShape('singularValues', 'z', z, 1);
  requireFinite('singularValues', 'z', z);
  const { scaled, scale } = scaledToUnit(z, magnitude(z).largest);
  const values = isSmall(z) ? decomposed(scaled) : fromGram(gram(z.rows <= z.columns ? scaled : transpose(scaled)));
  return values.map((s) => s * scale);
}

/**
 * Both spectra of the diagnosis; for large `z` they share one Gram matrix.
 *
 * The Gram matrix is formed from the centred rows and the means are added to it afterwards: adding is exact where subtracting the
 * means from the uncentred one would cancel (embeddings in a narrow cone around a long mean).
 *
 * @param z `[N, D]`, `N, D >= 1`.
 * @throws ShapeError when `z` is empty; InputError when a value is not finite.
 */
export function spectra(z: Matrix): Spectra {
  requireShape('spectra', 'z', z, 1);
  requireFinite('spectra', 'z', z);
  const { scaled, scale } = scaledToUnit(z, magnitude(z).largest);
  const mean = columnMeans(scaled);
  const deviations = centred(scaled, mean);
  let plain: Float64Array;
  let central: Float64Array;
  if (isSmall(z)) {
    plain = decomposed(scaled);
    central = decomposed(deviations);
  } else if (z.rows <= z.columns) {
    const g = gram(deviations);
    central = fromGram(g);
    const along = timesTransposed(deviations, { data: mean, rows: 1, columns: z.columns }).data;
    const length = mean.reduce((sum, m) => sum + m * m, 0);
    for (let i = 0; i < z.rows; i++) {
      for (let j = 0; j < z.rows; j++) g.data[i * z.rows + j] += along[i] + along[j] + length;
    }
    plain = fromGram(g);
  } else {
    const g = gram(transpose(deviations));
    central = fromGram(g);
    for (let i = 0; i < z.columns; i++) {
      for (let j = 0; j < z.columns; j++) g.data[i * z.columns + j] += z.rows * mean[i] * mean[j];
    }
    plain = fromGram(g);
  }
  return { singularValues: plain.map((s) => s * scale), centredSingularValues: central.map((s) => s * scale) };
}

/**
 * Eigenvalues of the covariance of the centred rows (divisor `N - 1`), descending, `[D]`; what is below 1e-12 of the largest is
 * rounding and set to 0.
 *
 * @param centredSingularValues of `z [N, D]` minus its column means, as in {@link Spectra}.
 */
export function covarianceEigenvalues(centredSingularValues: ArrayLike<number>, n: number, d: number): Float64Array {
  const eigenvalues = new Float64Array(d);
  const largest = centredSingularValues[0] ** 2 / (n - 1);
  for (let i = 0; i < Math.min(d, centredSingularValues.length); i++) {
    const value = centredSingularValues[i] ** 2 / (n - 1);
    eigenvalues[i] = value < 1e-12 * largest ? 0 : value;
  }
  return eigenvalues;
}

function isSmall(z: Matrix): boolean {
  return z.rows * z.columns * Math.min(z.rows, z.columns) <= DIRECT_WORK;
}

/**
 * `Z = Q R`, then the eigenvalues of `[0, R; R^T, 0]`, which are plus and minus the singular values: nothing is squared. (ml-matrix's
 * own singular value decomposition does not end for some matrices of rank one, so for collapsed embeddings.)
 */
function decomposed(z: Matrix): Float64Array {
  const tall = z.rows >= z.columns ? z : transpose(z);
  const n = tall.columns;
  const r = new QrDecomposition(MlMatrix.from1DArray(tall.rows, n, tall.data)).upperTriangularMatrix;
  const both = new Float64Array(4 * n * n);
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      const value = r.get(i, j);
      both[i * 2 * n + n + j] = value;
      both[(n + j) * 2 * n + i] = value;
    }
  }
  const values = symmetricEigenvalues({ data: both, rows: 2 * n, columns: 2 * n });
  return values.subarray(0, n).map((value) => Math.max(0, value));
}

function fromGram(g: Matrix): Float64Array {
  // Rounding can leave a zero eigenvalue a little below zero.
  return symmetricEigenvalues(g).map((value) => Math.sqrt(Math.max(0, value)));
}
