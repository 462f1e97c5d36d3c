import { InputError, type Stream } from '@jembench/core';
import { gatherRows, requireFinite, requireShape, type Matrix } from '../matrix/matrix.js';
import { timesTransposed } from '../matrix/products.js';
import { squaredNorms } from '../matrix/rows.js';

/** Options of {@link kMeans}. */
export interface KMeansOptions {
  /** Number of clusters, 1 to the number of rows. */
  readonly clusters: number;
  /** Decides the starts. */
  readonly stream: Stream;
  /** Independent starts, of which the best is kept. Default 4. */
  readonly starts: number;
  /** Default 100. */
  readonly maxIterations: number;
}

/** What {@link kMeans} returns. */
export interface KMeansResult {
  /** The cluster of each row, `[N]`. */
  readonly assignments: Int32Array;
  /** Cluster means, `[clusters, D]`. */
  readonly centres: Matrix;
  /** Sum of squared distances of rows to their centres. */
  readonly inertia: number;
  /** Whether the best start reached a fixed point within the iterations. */
  readonly converged: boolean;
}

/**
 * k-means clusters of the rows: Lloyd's iterations from k-means++ starts. Deterministic for a stream.
 *
 * A cluster that loses all its rows takes over the row farthest from its centre. L2-normalise the rows first for cosine clusters.
 *
 * @param x `[N, D]`, `N >= clusters`.
 * @throws ShapeError for an empty `x`; InputError for a value that is not finite or more clusters than rows.
 * @see Arthur and Vassilvitskii, SODA 2007
 */
export function kMeans(
  x: Matrix,
  options: Pick<KMeansOptions, 'clusters' | 'stream'> & Partial<KMeansOptions>,
): KMeansResult {
  const { clusters, stream, starts = 4, maxIterations = 100 } = options;
  requireShape('kMeans', 'x', x, 1);
  requireFinite('kMeans', 'x', x);
  if (!Number.isInteger(clusters) || clusters < 1 || clusters > x.rows) {
    throw new InputError(
      `kMeans: clusters, got ${clusters}, wanted an integer from 1 to ${x.rows}, the number of rows`,
    );
  }
  if (!Number.isInteger(starts) || starts < 1)
    throw new InputError(`kMeans: starts, got ${starts}, wanted a positive integer`);
  const squared = squaredNorms(x);
  let best = lloyd(x, squared, spreadRows(x, squared, clusters, stream.fork(0)), maxIterations);
  for (let start = 1; start < starts; start++) {
    const next = lloyd(x, squared, spreadRows(x, squared, clusters, stream.fork(start)), maxIterations);
    if (next.inertia < best.inertia) best = next;
  }
  return best;
}

/** k-means++: each next centre is a row drawn with probability proportional to its squared distance from the centres so far. */
function spreadRows(x: Matrix, squared: Float64Array, clusters: number, stream: Stream): Matrix {
  const chosen = [stream.integer(x.rows)];
  const distance = new Float64Array(x.rows).fill(Infinity);
  while (chosen.length < clusters) {
    const newest = chosen[chosen.length - 1];
    const products = timesTransposed(x, gatherRows(x, [newest])).data;
    let total = 0;
    for (let i = 0; i < x.rows; i++) {
      distance[i] = Math.min(distance[i], Math.max(0, squared[i] + squared[newest] - 2 * products[i]));
      total += distance[i];
    }
    chosen.push(total > 0 ? drawn(distance, total * stream.uniform()) : stream.integer(x.rows));
  }
  return gatherRows(x, chosen);
}

/** The index at which the running sum of `weights` passes `target`. */
function drawn(weights: Float64Array, target: number): number {
  let sum = 0;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    sum += weights[i];
    last = i;
    if (sum > target) return i;
  }
  return last;
}

function lloyd(x: Matrix, squared: Float64Array, start: Matrix, maxIterations: number): KMeansResult {
  let centres = start;
  let assignments: Int32Array = new Int32Array(x.rows).fill(-1);
  let converged = false;
  let inertia = Infinity;
  for (let iteration = 0; iteration < maxIterations && !converged; iteration++) {
    const nearest = nearestCentres(x, squared, centres);
    converged = nearest.assignments.every((c, i) => c === assignments[i]);
    assignments = nearest.assignments;
    inertia = nearest.distances.reduce((sum, d) => sum + d, 0);
    if (!converged) centres = clusterMeans(x, assignments, nearest.distances, centres.rows);
  }
  return { assignments, centres, inertia, converged };
}

function nearestCentres(
  x: Matrix,
  squared: Float64Array,
  centres: Matrix,
): { assignments: Int32Array; distances: Float64Array } {
  const products = timesTransposed(x, centres).data;
  const norms = squaredNorms(centres);
  const assignments = new Int32Array(x.rows);
  const distances = new Float64Array(x.rows);
  for (let i = 0, p = 0; i < x.rows; i++) {
    let least = Infinity;
    for (let c = 0; c < centres.rows; c++, p++) {
      const d = norms[c] - 2 * products[p];
      if (d < least) {
        least = d;
        assignments[i] = c;
      }
    }
    distances[i] = Math.max(0, least + squared[i]);
  }
  return { assignments, distances };
}

/** Means of the clusters; an empty one gets the row farthest from its centre, which leaves its cluster. */
function clusterMeans(x: Matrix, assignments: Int32Array, distances: Float64Array, clusters: number): Matrix {
  const d = x.columns;
  const data = new Float64Array(clusters * d);
  const counts = new Int32Array(clusters);
  for (const c of assignments) counts[c]++;
  for (let c = 0; c < clusters; c++) {
    if (counts[c] > 0) continue;
    let farthest = -1;
    for (let i = 0; i < x.rows; i++) {
      if (counts[assignments[i]] > 1 && (farthest < 0 || distances[i] > distances[farthest])) farthest = i;
    }
    counts[assignments[farthest]]--;
    assignments[farthest] = c;
    counts[c] = 1;
    distances[farthest] = 0;
  }
  for (let i = 0; i < x.rows; i++) {
    const at = assignments[i] * d;
    for (let j = 0; j < d; j++) data[at + j] += x.data[i * d + j];
  }
  for (let c = 0; c < clusters; c++) for (let j = 0; j < d; j++) data[c * d + j] /= counts[c];
  return { data, rows: clusters, columns: d };
}
