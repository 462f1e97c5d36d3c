import { InputError, ShapeError } from '@jembench/core';
import { magnitude, requireFinite, type Matrix } from '../matrix/matrix.js';
import { scaledToUnit } from '../matrix/rows.js';

/**
 * All eigenvalues of a symmetric matrix, descending; no eigenvectors.
 *
 * Householder reflections to tridiagonal form (2/3 n^3 multiplications), then QL steps with Wilkinson's shift (about 30 n^2). The
 * libraries at hand always accumulate the eigenvectors as well, which costs five to ten times as much at n = 1024. The absolute
 * error is a few units of rounding times the largest eigenvalue.
 *
 * @param a `[n, n]`; only the upper triangle is read.
 * @throws ShapeError when `a` is not square; InputError when a value is not finite.
 * @see Golub and Van Loan, Matrix Computations, 8.3.1 and 8.3.3
 */
export function symmetricEigenvalues(a: Matrix): Float64Array {
  if (a.rows !== a.columns) {
    throw new ShapeError(`symmetricEigenvalues: a, got shape [${a.rows}, ${a.columns}], wanted a square matrix`);
  }
  requireFinite('symmetricEigenvalues', 'a', a);
  const { scaled, scale } = scaledToUnit(a, magnitude(a).largest);
  const { diagonal, offDiagonal } = tridiagonal(scaled);
  const eigenvalues = tridiagonalEigenvalues(diagonal, offDiagonal);
  for (let i = 0; i < eigenvalues.length; i++) eigenvalues[i] *= scale;
  return eigenvalues.sort().reverse();
}

/**
 * The tridiagonal matrix with the eigenvalues of `a`.
 *
 * The rank-two update of one reflection and the product with the next reflection's vector share one pass over the triangle: the
 * matrix is read once a step instead of twice, which is what the time goes to once it outgrows the cache.
 */
function tridiagonal(a: Matrix): { diagonal: Float64Array; offDiagonal: Float64Array } {
  const n = a.rows;
  const m = a.data.slice();
  const diagonal = new Float64Array(n);
  const offDiagonal = new Float64Array(Math.max(0, n - 1));
  // The update not yet applied to the rows below: m <- m - v w^T - w v^T.
  let v = new Float64Array(n);
  let w = new Float64Array(n);
  let next = new Float64Array(n);
  let product = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const row = i * n;
    const vi = v[i];
    const wi = w[i];
    for (let j = i; j < n; j++) m[row + j] -= vi * w[j] + wi * v[j];
    diagonal[i] = m[row + i];
    if (i === n - 1) break;

    const tau = reflection(m, row, i + 1, n, next);
    offDiagonal[i] = m[row + i + 1];
    product.fill(0, i + 1);
    for (let r = i + 1; r < n; r++) {
      const at = r * n;
      const vr = v[r];
      const wr = w[r];
      const xr = next[r];
      const d = m[at + r] - 2 * vr * wr;
      m[at + r] = d;
      let sum = d * xr;
      for (let j = r + 1; j < n; j++) {
        const x = m[at + j] - (vr * w[j] + wr * v[j]);
        m[at + j] = x;
        sum += x * next[j];
        product[j] += x * xr;
      }
      product[r] += sum;
    }
    let inner = 0;
    for (let j = i + 1; j < n; j++) inner += product[j] * next[j];
    const half = (tau * tau * inner) / 2;
    for (let j = i + 1; j < n; j++) product[j] = tau * product[j] - half * next[j];
    [v, w, next, product] = [next, product, v, w];
  }
  return { diagonal, offDiagonal };
}

// Squares below this have lost digits to underflow. The matrix is scaled to 1, so what they stand for is far below its rounding.
const NEGLIGIBLE_SQUARES = 1e-280;

/**
 * The reflection `I - tau x x^T` that maps `m[row + from .. row + n - 1]` to a multiple of its first unit vector. Writes `x`, with
 * `x[from] = 1`, into `vector`, the multiple into `m[row + from]`, and returns `tau`, between 1 and 2; 0 (and a zero `x`) when there
 * is nothing to eliminate.
 */
function reflection(m: Float64Array, row: number, from: number, n: number, vector: Float64Array): number {
  let tail = 0;
  for (let j = from + 1; j < n; j++) tail += m[row + j] * m[row + j];
  if (tail < NEGLIGIBLE_SQUARES) {
    vector.fill(0, from);
    return 0;
  }
  const first = m[row + from];
  const norm = Math.sqrt(first * first + tail);
  // The sign that adds: no cancellation in the first component.
  const target = first > 0 ? -norm : norm;
  const lead = first - target;
  vector[from] = 1;
  for (let j = from + 1; j < n; j++) vector[j] = m[row + j] / lead;
  m[row + from] = target;
  return lead / -target;
}

// Two or three steps an eigenvalue are usual; this is far beyond any matrix seen, and stops a loop that would never end.
const MOST_STEPS = 100;

/**
 * Eigenvalues, in no order, of the symmetric tridiagonal matrix; both arguments are overwritten.
 *
 * An off-diagonal entry is dropped when it is rounding beside the whole matrix, not beside its neighbours: that is the accuracy the
 * reduction to this form had, and in a block of zeros, which collapsed embeddings have, the neighbours are rounding themselves.
 */
function tridiagonalEigenvalues(diagonal: Float64Array, offDiagonal: Float64Array): Float64Array {
  const n = diagonal.length;
  let size = 0;
  for (const d of diagonal) size = Math.max(size, Math.abs(d));
  for (const e of offDiagonal) size = Math.max(size, Math.abs(e));
  const negligible = Number.EPSILON * size;
  for (let first = 0; first < n; first++) {
    for (let step = 0; ; step++) {
      let last = first;
      while (last < n - 1 && Math.abs(offDiagonal[last]) > negligible) last++;
      if (last === first) break;
      if (step === MOST_STEPS) {
        throw new InputError(
          `symmetricEigenvalues: no convergence after ${MOST_STEPS} steps at eigenvalue ${first} of ${n}`,
        );
      }
      implicitStep(diagonal, offDiagonal, first, last);
    }
  }
  return diagonal;
}

/** One QL step on the block `first .. last`, chasing the bulge upwards with Givens rotations. */
function implicitStep(diagonal: Float64Array, offDiagonal: Float64Array, first: number, last: number): void {
  const half = (diagonal[first + 1] - diagonal[first]) / (2 * offDiagonal[first]);
  const root = Math.sqrt(half * half + 1);
  const shift = diagonal[first] - offDiagonal[first] / (half + (half >= 0 ? root : -root));
  let pivot = diagonal[last] - shift;
  let sine = 1;
  let cosine = 1;
  let carried = 0;
  for (let i = last - 1; i >= first; i--) {
    const bulge = sine * offDiagonal[i];
    const beside = cosine * offDiagonal[i];
    const length = Math.sqrt(bulge * bulge + pivot * pivot);
    if (i + 1 < last) offDiagonal[i + 1] = length;
    if (length === 0) {
      // The block falls apart here: undo what was carried; the next step works on the smaller block.
      diagonal[i + 1] -= carried;
      if (i + 1 === last) offDiagonal[i] = 0;
      return;
    }
    sine = bulge / length;
    cosine = pivot / length;
    const shifted = diagonal[i + 1] - carried;
    const mixed = (diagonal[i] - shifted) * sine + 2 * cosine * beside;
    carried = sine * mixed;
    diagonal[i + 1] = shifted + carried;
    pivot = cosine * mixed - beside;
  }
  diagonal[first] -= carried;
  offDiagonal[first] = pivot;
}
