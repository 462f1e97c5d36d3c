import { munkres } from 'munkres';
import { accuracyInterval, type Accuracy } from '../probes/interval.js';
import { contingency, margins } from './contingency.js';

/**
 * Normalised mutual information of two groupings: `I(A; B)` over the arithmetic (default) or geometric mean of `H(A)` and `H(B)`.
 *
 * Between 0 and 1, whatever the names of the groups. 0 when one side has a single group and the other has not; 1 when both have, for
 * then they are the same grouping. Not corrected for chance: random clusters score above 0, the more the more there are.
 *
 * @throws ShapeError when the lists differ in length; InputError when they are empty or hold something else than indices.
 * @see scikit-learn 1.2.1 normalized_mutual_info_score
 */
export function nmi(
  assignments: ArrayLike<number>,
  labels: ArrayLike<number>,
  { average = 'arithmetic' }: { average?: 'arithmetic' | 'geometric' } = {},
): number {
  const table = contingency(assignments, labels);
  const { rows, columns, total } = margins(table);
  const ha = entropyOfCounts(rows, total);
  const hb = entropyOfCounts(columns, total);
  if (ha === 0 && hb === 0) return 1;
  if (ha === 0 || hb === 0) return 0;
  let information = 0;
  for (let i = 0, p = 0; i < table.rows; i++) {
    for (let j = 0; j < table.columns; j++, p++) {
      const count = table.data[p];
      if (count > 0) information += (count / total) * Math.log((count * total) / (rows[i] * columns[j]));
    }
  }
  const mean = average === 'arithmetic' ? (ha + hb) / 2 : Math.sqrt(ha * hb);
  return Math.min(1, Math.max(0, information / mean));
}

/**
 * Accuracy of the best one-to-one map from clusters to classes (Hungarian algorithm). With more clusters than classes the clusters
 * left over count as wrong.
 *
 * @throws ShapeError when the lists differ in length; InputError when they are empty or hold something else than indices.
 */
export function hungarianAccuracy(assignments: ArrayLike<number>, labels: ArrayLike<number>): Accuracy {
  const table = contingency(assignments, labels);
  const cost = Array.from({ length: table.rows }, (_, i) =>
    Array.from(table.data.subarray(i * table.columns, (i + 1) * table.columns), (count) => -count),
  );
  const correct = munkres(cost).reduce((sum, [i, j]) => sum + table.data[i * table.columns + j], 0);
  return accuracyInterval(correct, labels.length);
}

/** Accuracy when every cluster is named after its most frequent class; rises with the number of clusters, up to 100. */
export function purity(assignments: ArrayLike<number>, labels: ArrayLike<number>): Accuracy {
  const table = contingency(assignments, labels);
  let correct = 0;
  for (let i = 0; i < table.rows; i++) {
    correct += table.data
      .subarray(i * table.columns, (i + 1) * table.columns)
      .reduce((most, x) => Math.max(most, x), 0);
  }
  return accuracyInterval(correct, labels.length);
}

/**
 * Adjusted Rand index: agreement of two groupings over pairs of rows, 0 in the mean for random ones, 1 for equal ones, below 0 when
 * they agree less than by chance.
 *
 * @see Hubert and Arabie, Journal of Classification 2 (1985); scikit-learn 1.2.1 adjusted_rand_score
 */
export function adjustedRandIndex(assignments: ArrayLike<number>, labels: ArrayLike<number>): number {
  const table = contingency(assignments, labels);
  const { rows, columns, total } = margins(table);
  const pairs = (counts: Float64Array): number => counts.reduce((sum, c) => sum + (c * (c - 1)) / 2, 0);
  const together = pairs(table.data);
  const inRows = pairs(rows);
  const inColumns = pairs(columns);
  const expected = total > 1 ? (inRows * inColumns) / ((total * (total - 1)) / 2) : 0;
  const most = (inRows + inColumns) / 2;
  // Both groupings trivial in the same way (one group, or all rows alone): they are equal.
  return most === expected ? 1 : (together - expected) / (most - expected);
}

function entropyOfCounts(counts: Float64Array, total: number): number {
  let entropy = 0;
  for (const count of counts) {
    if (count > 0 && count < total) entropy -= (count / total) * Math.log(count / total);
  }
  return entropy;
}
