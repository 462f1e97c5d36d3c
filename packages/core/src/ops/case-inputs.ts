import { rootStream, type Stream } from '../random/stream.js';
import { zeros64, type Array64 } from './array64.js';

const root = rootStream(0).fork('op cases');

/** Independent values `centre + scale * normal`, rounded to float32; the path names the stream. */
export function normals(path: string, shape: readonly number[], scale = 1, centre = 0): Array64 {
  return generated(path, shape, (stream) => centre + scale * stream.normal());
}

export function uniforms(path: string, shape: readonly number[], low: number, high: number): Array64 {
  return generated(path, shape, (stream) => low + (high - low) * stream.uniform());
}

function generated(path: string, shape: readonly number[], value: (stream: Stream) => number): Array64 {
  const stream = root.fork(path);
  const array = zeros64(...shape);
  for (let i = 0; i < array.data.length; i++) array.data[i] = Math.fround(value(stream));
  return array;
}

/** A batch that matters to an op on embeddings: every way in which one goes wrong is there. */
export interface Embeddings {
  readonly name: string;
  readonly z: Array64;
  /** The spread of the values in a column; 0 for a constant batch. */
  readonly spread: number;
}

export function typicalEmbeddings(path: string): Embeddings {
  return { name: '8x16', z: normals(`${path}, 8x16`, [8, 16]), spread: 1 };
}

/** @param path tells the batches of two views apart. */
export function embeddingCases(path: string): readonly Embeddings[] {
  const from = (name: string, z: Array64, spread: number): Embeddings => ({ name, z, spread });
  const stream = (name: string): string => `${path}, ${name}`;
  return [
    typicalEmbeddings(path),
    from('two samples 2x5', normals(stream('two'), [2, 5]), 1),
    from('tall 32x12', normals(stream('tall'), [32, 12]), 1),
    from('wide 6x40', normals(stream('wide'), [6, 40]), 1),
    from('odd sizes 7x13', normals(stream('odd'), [7, 13]), 1),
    from('one dimension 5x1', normals(stream('one dimension'), [5, 1]), 1),
    from('far from zero 8x10', normals(stream('far'), [8, 10], 1, 100), 1),
    from('large 8x10', normals(stream('large'), [8, 10], 1000), 1000),
    from('tiny 8x10', normals(stream('tiny'), [8, 10], 1e-3), 1e-3),
    from('rank one 8x6', rankOne(stream('rank one'), 8, 6), 1),
    from('one column dominates 6x20', dominated(stream('dominated'), 6, 20), 1),
    from('nearly constant 8x10', nearlyConstant(stream('nearly'), 8, 10), 1e-3),
    from('constant 4x6', constant(4, 6), 0),
  ];
}

function rankOne(path: string, N: number, D: number): Array64 {
  const z = zeros64(N, D);
  const rows = normals(`${path} rows`, [N]);
  const columns = normals(`${path} columns`, [D]);
  const rest = normals(path, [N, D], 1e-2);
  for (let i = 0; i < z.data.length; i++) {
    z.data[i] = Math.fround(rows.data[Math.floor(i / D)] * columns.data[i % D] + rest.data[i]);
  }
  return z;
}

/** The Gram form's subtraction loses everything here. */
function dominated(path: string, N: number, D: number): Array64 {
  const { shape, data } = normals(path, [N, D]);
  return { shape, data: data.map((value, i) => (i % D === 3 ? Math.fround(1000 * value) : value)) };
}

function nearlyConstant(path: string, N: number, D: number): Array64 {
  const centre = normals(`${path} centre`, [D]);
  const { shape, data } = normals(path, [N, D], 1e-3);
  return { shape, data: data.map((value, i) => Math.fround(centre.data[i % D] + value)) };
}

function constant(N: number, D: number): Array64 {
  return { shape: [N, D], data: Float64Array.from({ length: N * D }, (_, i) => (i % D) / 4 - 0.5) };
}

/**
 * How much a normalisation magnifies the rounding of the means it subtracts: the largest mean over the largest deviation, both in units of
 * the spread of their group (a column, for a batch; a row, for a layer).
 */
export function meanOverDeviation(groups: readonly ArrayLike<number>[], eps: number): number {
  let largestMean = 0;
  let largestDeviation = 0;
  for (const group of groups) {
    const values = Float64Array.from(group);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const deviations = values.map((value) => Math.abs(value - mean));
    const scale = 1 / Math.sqrt(deviations.reduce((sum, value) => sum + value ** 2, 0) / values.length + eps);
    largestMean = Math.max(largestMean, Math.abs(mean) * scale);
    largestDeviation = deviations.reduce((largest, value) => Math.max(largest, value * scale), largestDeviation);
  }
  return largestDeviation === 0 ? 0 : largestMean / largestDeviation;
}

export function rowsOf({
  shape,
  data,
}: {
  shape: readonly number[];
  data: ArrayLike<number>;
}): readonly Float64Array[] {
  const columns = shape[shape.length - 1];
  const values = Float64Array.from(data);
  return Array.from({ length: values.length / columns }, (_, n) => values.subarray(n * columns, (n + 1) * columns));
}

export function columnsOf(array: { shape: readonly number[]; data: ArrayLike<number> }): readonly Float64Array[] {
  const rows = rowsOf(array);
  return Array.from({ length: array.shape[array.shape.length - 1] }, (_, j) =>
    Float64Array.from(rows, (row) => row[j]),
  );
}
