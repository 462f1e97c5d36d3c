import type { Matrix } from './matrix.js';

/** Column means `[D]`, corrected once by the mean of what they leave: columns of one repeated value come out exact. */
export function columnMeans(a: Matrix): Float64Array {
  const mean = new Float64Array(a.columns);
  const rest = new Float64Array(a.columns);
  for (let i = 0, at = 0; i < a.rows; i++) for (let j = 0; j < a.columns; j++, at++) mean[j] += a.data[at];
  for (let j = 0; j < a.columns; j++) mean[j] /= a.rows;
  for (let i = 0, at = 0; i < a.rows; i++) for (let j = 0; j < a.columns; j++, at++) rest[j] += a.data[at] - mean[j];
  for (let j = 0; j < a.columns; j++) mean[j] += rest[j] / a.rows;
  return mean;
}

/** `a` with `centre` (`[D]`, the column means unless given) subtracted from every row. */
export function centred(a: Matrix, centre: Float64Array = columnMeans(a)): Matrix {
  const data = new Float64Array(a.data.length);
  for (let i = 0, at = 0; i < a.rows; i++) {
    for (let j = 0; j < a.columns; j++, at++) data[at] = a.data[at] - centre[j];
  }
  return { data, rows: a.rows, columns: a.columns };
}

/**
 * Sum of squared deviations from `centre` per column, `[D]`.
 */
export function squaredDeviations(a: Matrix, centre: Float64Array = columnMeans(a)): Float64Array {
  const sum = new Float64Array(a.columns);
  for (let i = 0, at = 0; i < a.rows; i++) {
    for (let j = 0; j < a.columns; j++, at++) {
      const d = a.data[at] - centre[j];
      sum[j] += d * d;
    }
  }
  return sum;
}

/** The squared L2 norm of every row, `[N]`. */
export function squaredNorms(x: Matrix): Float64Array {
  const squared = new Float64Array(x.rows);
  for (let i = 0, p = 0; i < x.rows; i++) for (let j = 0; j < x.columns; j++, p++) squared[i] += x.data[p] * x.data[p];
  return squared;
}

/**
 * Every row divided by its L2 norm. A zero row has no direction and stays zero; no epsilon is added, so that the result does not
 * depend on the scale of the embeddings (1e-20 and 1e20 alike).
 */
export function normalisedRows(a: Matrix): { unit: Matrix; zeroRows: number } {
  const data = new Float64Array(a.data.length);
  let zeroRows = 0;
  for (let i = 0; i < a.rows; i++) {
    const from = i * a.columns;
    const to = from + a.columns;
    let largest = 0;
    for (let p = from; p < to; p++) largest = Math.max(largest, Math.abs(a.data[p]));
    if (largest === 0) {
      zeroRows++;
      continue;
    }
    // Squares of 1e200 overflow and squares of 1e-200 vanish: divide by a power of two (exact) first.
    const scale = powerOfTwoBelow(largest);
    let sum = 0;
    for (let p = from; p < to; p++) {
      const x = a.data[p] / scale;
      sum += x * x;
    }
    const norm = Math.sqrt(sum);
    for (let p = from; p < to; p++) data[p] = a.data[p] / scale / norm;
  }
  return { unit: { data, rows: a.rows, columns: a.columns }, zeroRows };
}

/**
 * `a` divided by a power of two so that its largest magnitude is in [1, 2): exact, and squares then neither overflow nor vanish.
 *
 * @param largest the largest magnitude in `a`, finite; 0 leaves `a` as it is.
 */
export function scaledToUnit(a: Matrix, largest: number): { scaled: Matrix; scale: number } {
  const scale = largest === 0 ? 1 : powerOfTwoBelow(largest);
  if (scale === 1) return { scaled: a, scale };
  return { scaled: { data: a.data.map((x) => x / scale), rows: a.rows, columns: a.columns }, scale };
}

/** The largest power of two at most `x`, for a finite `x > 0`; 2^-1022 for the subnormal numbers below it. */
function powerOfTwoBelow(x: number): number {
  let power = 2 ** Math.max(-1022, Math.min(1023, Math.floor(Math.log2(x))));
  if (power > x && power > 2 ** -1022) power /= 2;
  else if (power * 2 <= x) power *= 2;
  return power;
}
