/** Definitions in float64 loops, for the property tests. A batch is its values and its columns. */
export interface Batch {
  readonly data: ArrayLike<number>;
  readonly columns: number;
}

const rowsOf = ({ data, columns }: Batch): number => data.length / columns;

/** `z` without its column means. */
export function centred64({ data, columns }: Batch): Float64Array {
  const rows = data.length / columns;
  const x = Float64Array.from(data);
  for (let j = 0; j < columns; j++) {
    let sum = 0;
    for (let n = 0; n < rows; n++) sum += x[n * columns + j];
    for (let n = 0; n < rows; n++) x[n * columns + j] -= sum / rows;
  }
  return x;
}

export function standardised64(z: Batch, eps: number): { x: Float64Array; rates: Float64Array } {
  const { columns } = z;
  const x = centred64(z);
  const squares = new Float64Array(columns);
  x.forEach((value, i) => (squares[i % columns] += value ** 2));
  const rates = squares.map((sum) => 1 / Math.sqrt(sum / rowsOf(z) + eps));
  return { x: x.map((value, i) => value * rates[i % columns]), rates };
}

/** `x^T y` over the rows. */
export function columnProducts64(x: Float64Array, y: Float64Array, columns: number): Float64Array {
  const c = new Float64Array(columns * columns);
  for (let n = 0; n < x.length; n += columns) {
    for (let j = 0; j < columns; j++) {
      for (let k = 0; k < columns; k++) c[j * columns + k] += x[n + j] * y[n + k];
    }
  }
  return c;
}

/** `x m`, or `x m^T`, m being `[D, D]`. */
export function rowProducts64(x: Float64Array, m: Float64Array, columns: number, transposed = false): Float64Array {
  return x.map((_, i) => {
    const [n, j] = [i - (i % columns), i % columns];
    let sum = 0;
    for (let k = 0; k < columns; k++) sum += x[n + k] * (transposed ? m[j * columns + k] : m[k * columns + j]);
    return sum;
  });
}

export function withoutDiagonal64(c: Float64Array, columns: number): Float64Array {
  return c.map((value, i) => (i % (columns + 1) === 0 ? 0 : value));
}

export function sumOfSquares64(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value ** 2, 0);
}

/** The gradient of a standardised batch, taken back to the batch. */
export function throughStandardise64(
  g: Float64Array,
  { x, rates }: { readonly x: Float64Array; readonly rates: Float64Array },
): Float64Array {
  const columns = rates.length;
  const rows = g.length / columns;
  const [sums, products] = [new Float64Array(columns), new Float64Array(columns)];
  g.forEach((value, i) => {
    sums[i % columns] += value / rows;
    products[i % columns] += (value * x[i]) / rows;
  });
  return g.map((value, i) => rates[i % columns] * (value - sums[i % columns] - x[i] * products[i % columns]));
}

/** Sinkhorn-Knopp on the logarithms: columns to sums `1 / K`, rows to `1 / N`, in turn; times N. */
export function sinkhorn64({ data, columns: K }: Batch, epsilon: number, iterations: number): Float64Array {
  const N = data.length / K;
  const logs = Float64Array.from(data, (score) => score / epsilon);
  const divide = (indices: readonly number[], share: number): void => {
    const most = indices.reduce((largest, i) => Math.max(largest, logs[i]), -Infinity);
    const sum = indices.reduce((total, i) => total + Math.exp(logs[i] - most), 0);
    for (const i of indices) logs[i] -= most + Math.log(sum / share);
  };
  const range = (count: number, at: (i: number) => number): number[] => Array.from({ length: count }, (_, i) => at(i));
  divide(range(N * K, (i) => i), 1); // prettier-ignore
  for (let iteration = 0; iteration < iterations; iteration++) {
    for (let k = 0; k < K; k++) divide(range(N, (n) => n * K + k), 1 / K); // prettier-ignore
    for (let n = 0; n < N; n++) divide(range(K, (k) => n * K + k), 1 / N); // prettier-ignore
  }
  return logs.map((value) => N * Math.exp(value));
}
