import { InputError, type Stream } from '@jembench/core';
import { classCount, classIndices } from '../probes/labels.js';

/** Options of {@link fewLabelAccuracy}. */
export interface FewLabelOptions {
  /** Labelled rows shown of each cluster. Default `[1, 5, 10]`. */
  readonly labelsPerCluster: readonly number[];
  /** Independent draws of the labelled rows, averaged. Default 20. */
  readonly draws: number;
  /** Decides which rows are drawn. */
  readonly stream: Stream;
}

/** Accuracy with one number of labels a cluster, in percent. */
export interface FewLabelAccuracy {
  readonly labelsPerCluster: number;
  /** Mean over the draws. */
  readonly percent: number;
  /** Standard deviation over the draws: what the luck of the draw is worth. */
  readonly std: number;
}

/**
 * Accuracy when each cluster is named after a few labelled rows of it.
 *
 * Of every cluster that many training rows are drawn (all, where it has fewer); the most frequent label among them, on a tie the one
 * drawn first, names the cluster; test rows are scored by the name of their cluster. A test row in a cluster without a training row
 * counts as wrong.
 *
 * @param train clusters and labels of the rows that may be shown, `N >= 1`. @param test of the rows that are scored, `M >= 1`.
 * @throws ShapeError when clusters and labels differ in length; InputError for something else than indices, or empty lists.
 */
export function fewLabelAccuracy(
  train: { readonly clusters: ArrayLike<number>; readonly labels: ArrayLike<number> },
  test: { readonly clusters: ArrayLike<number>; readonly labels: ArrayLike<number> },
  options: Pick<FewLabelOptions, 'stream'> & Partial<FewLabelOptions>,
): FewLabelAccuracy[] {
  const { labelsPerCluster = [1, 5, 10], draws = 20, stream } = options;
  if (train.labels.length === 0 || test.labels.length === 0) {
    throw new InputError(
      `fewLabelAccuracy: rows, got ${train.labels.length} to draw from and ${test.labels.length} to score, wanted some`,
    );
  }
  if (!Number.isInteger(draws) || draws < 1 || !labelsPerCluster.every((m) => Number.isInteger(m) && m >= 1)) {
    throw new InputError(
      `fewLabelAccuracy: options, got labelsPerCluster [${labelsPerCluster.join(', ')}] and draws ${draws}, wanted positive integers`,
    );
  }
  const trainLabels = classIndices('fewLabelAccuracy', 'train.labels', train.labels, train.labels.length);
  const trainClusters = classIndices('fewLabelAccuracy', 'train.clusters', train.clusters, train.labels.length);
  const testLabels = classIndices('fewLabelAccuracy', 'test.labels', test.labels, test.labels.length);
  const testClusters = classIndices('fewLabelAccuracy', 'test.clusters', test.clusters, test.labels.length);
  const clusters = classCount(trainClusters, testClusters);

  return labelsPerCluster.map((shown) => {
    const scores = Array.from({ length: draws }, (_, draw) => {
      const names = clusterNames(trainClusters, trainLabels, clusters, shown, stream.fork(shown).fork(draw));
      let correct = 0;
      for (let i = 0; i < testLabels.length; i++) if (names[testClusters[i]] === testLabels[i]) correct++;
      return (100 * correct) / testLabels.length;
    });
    const percent = scores.reduce((sum, s) => sum + s, 0) / draws;
    const variance = draws === 1 ? 0 : scores.reduce((sum, s) => sum + (s - percent) ** 2, 0) / (draws - 1);
    return { labelsPerCluster: shown, percent, std: Math.sqrt(variance) };
  });
}

/** The name of each cluster, -1 for one without a row. */
function clusterNames(
  assigned: Int32Array,
  labels: Int32Array,
  clusters: number,
  shown: number,
  stream: Stream,
): Int32Array {
  const seen = Array.from({ length: clusters }, (): number[] => []);
  for (const i of stream.permutation(labels.length)) {
    const list = seen[assigned[i]];
    if (list.length < shown) list.push(labels[i]);
  }
  return Int32Array.from(seen, (list) => {
    const counts = new Map<number, number>();
    for (const label of list) counts.set(label, (counts.get(label) ?? 0) + 1);
    // A Map keeps the order of first insertion, so a tie goes to the label drawn first.
    let name = -1;
    for (const [label, count] of counts) if (name < 0 || count > (counts.get(name) ?? 0)) name = label;
    return name;
  });
}
