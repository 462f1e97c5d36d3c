import { InputError, ShapeError } from '@jembench/core';
import { requireFinite, requireShape, type Matrix } from '../matrix/matrix.js';
import { timesTransposed } from '../matrix/products.js';
import { normalisedRows } from '../matrix/rows.js';
import { accuracyInterval, type Accuracy } from './interval.js';
import { classCount, classIndices } from './labels.js';

/** Options of {@link knnProbe}. */
export interface KnnOptions {
  /** Neighbours that vote, 1 to the number of training rows. Default 20. */
  readonly k: number;
  /** `T` in a vote of `exp(similarity / T)`. Default 0.07. */
  readonly temperature: number;
  /** Number of classes. Default: one more than the largest label seen. */
  readonly classes: number;
}

/** What {@link knnProbe} returns. */
export interface KnnResult {
  /** Top-1 accuracy on the test rows with its interval. */
  readonly top1: Accuracy;
  /** A row counts when its label is among the `min(5, k)` classes with most votes; `null` with fewer classes than that. */
  readonly top5: Accuracy | null;
  /** The winning class of each test row, `[M]`. */
  readonly predictions: Int32Array;
  /** Each class's share of the votes, `[M, classes]`, rows sum to 1. */
  readonly votes: Matrix;
  /** Smallest `(first - second) / first` over the votes of all test rows: how near the closest decision is. 0 is a tie. */
  readonly minRelativeMargin: number;
}

// Test rows whose similarities to all training rows are held at once: 128 x 10,000 numbers are 10 MB.
const BLOCK = 128;

/**
 * Weighted k-nearest-neighbour classifier on frozen features.
 *
 * Rows are L2-normalised; the `k` training rows with the highest cosine similarity vote `exp(similarity / T)` for their label; the
 * class with most votes wins. Equal similarities go to the training row that comes first, equal votes to the smaller class index
 * (torch leaves both open). A row of zeros has similarity 0 to all. The votes are scaled by the largest before the exponential, which
 * changes no share, so that a small temperature does not overflow.
 *
 * @param train `[N, D]`, `N >= k`. @param trainLabels `[N]` class indices. @param test `[M, D]`, `M >= 1`. @param testLabels `[M]`.
 * @throws ShapeError for shapes that do not fit; InputError for a `k` beyond the training rows (as the source), a value that is not
 *   finite, a temperature that is not positive, or a label that is no class index.
 * @see Wu et al., arXiv:1805.01978; facebookresearch/dino@7c446df eval_knn.py
 */
export function knnProbe(
  train: Matrix,
  trainLabels: ArrayLike<number>,
  test: Matrix,
  testLabels: ArrayLike<number>,
  options: Partial<KnnOptions> = {},
): KnnResult {
  const { k = 20, temperature = 0.07, classes = classCount(trainLabels, testLabels) } = options;
  requireShape('knnProbe', 'train', train, 1);
  requireShape('knnProbe', 'test', test, 1);
  if (train.columns !== test.columns) {
    throw new ShapeError(`knnProbe: test, got rows of ${test.columns} values, wanted ${train.columns} as in train`);
  }
  if (!Number.isInteger(k) || k < 1 || k > train.rows) {
    throw new InputError(
      `knnProbe: k, got ${k}, wanted an integer from 1 to ${train.rows}, the number of training rows`,
    );
  }
  if (!(temperature > 0 && temperature < Infinity)) {
    throw new InputError(`knnProbe: temperature, got ${temperature}, wanted a positive number`);
  }
  requireFinite('knnProbe', 'train', train);
  requireFinite('knnProbe', 'test', test);
  const labels = classIndices('knnProbe', 'trainLabels', trainLabels, train.rows, classes);
  const wanted = classIndices('knnProbe', 'testLabels', testLabels, test.rows, classes);

  const base = normalisedRows(train).unit;
  const asked = normalisedRows(test).unit;
  const votes = new Float64Array(test.rows * classes);
  const predictions = new Int32Array(test.rows);
  const nearest = new Neighbours(k);
  const places = Math.min(5, k);
  let correct = 0;
  let amongFive = 0;
  let minRelativeMargin = Infinity;
  for (let from = 0; from < test.rows; from += BLOCK) {
    const to = Math.min(test.rows, from + BLOCK);
    const block = {
      data: asked.data.subarray(from * asked.columns, to * asked.columns),
      rows: to - from,
      columns: asked.columns,
    };
    const similarities = timesTransposed(block, base).data;
    for (let i = from; i < to; i++) {
      nearest.collect(similarities.subarray((i - from) * base.rows, (i - from + 1) * base.rows));
      const share = votes.subarray(i * classes, (i + 1) * classes);
      castVotes(nearest, labels, temperature, share);
      const { first, second } = topTwo(share);
      predictions[i] = first;
      minRelativeMargin = Math.min(minRelativeMargin, (share[first] - (second < 0 ? 0 : share[second])) / share[first]);
      if (first === wanted[i]) correct++;
      if (placeOf(wanted[i], share) < places) amongFive++;
    }
  }
  return {
    top1: accuracyInterval(correct, test.rows),
    top5: classes < places ? null : accuracyInterval(amongFive, test.rows),
    predictions,
    votes: { data: votes, rows: test.rows, columns: classes },
    minRelativeMargin,
  };
}

/** The `k` largest of a row of similarities, found with a heap whose root is the one to give up next. */
class Neighbours {
  readonly similarity: Float64Array;
  readonly index: Int32Array;

  constructor(readonly k: number) {
    this.similarity = new Float64Array(k);
    this.index = new Int32Array(k);
  }

  /** Afterwards the neighbours lie from the nearest to the farthest, so that votes are summed in one order. */
  collect(similarities: Float64Array): void {
    const { k, similarity, index } = this;
    for (let i = 0; i < k; i++) {
      similarity[i] = similarities[i];
      index[i] = i;
    }
    for (let i = (k >> 1) - 1; i >= 0; i--) this.#sink(i, k);
    // Later rows must be strictly nearer: a tie keeps the row that came first.
    let bar = similarity[0];
    for (let i = k; i < similarities.length; i++) {
      if (similarities[i] > bar) {
        similarity[0] = similarities[i];
        index[0] = i;
        this.#sink(0, k);
        bar = similarity[0];
      }
    }
    for (let size = k - 1; size > 0; size--) {
      const s = similarity[size];
      const at = index[size];
      similarity[size] = similarity[0];
      index[size] = index[0];
      similarity[0] = s;
      index[0] = at;
      this.#sink(0, size);
    }
  }

  /** Moves the entry at `i` of a heap of `size` down until no child is worse: less similar, or as similar and later. */
  #sink(i: number, size: number): void {
    const { similarity, index } = this;
    const s = similarity[i];
    const at = index[i];
    for (;;) {
      let child = 2 * i + 1;
      if (child >= size) break;
      const right = child + 1;
      if (right < size && isWorse(similarity[right], index[right], similarity[child], index[child])) child = right;
      if (!isWorse(similarity[child], index[child], s, at)) break;
      similarity[i] = similarity[child];
      index[i] = index[child];
      i = child;
    }
    similarity[i] = s;
    index[i] = at;
  }
}

function isWorse(similarity: number, index: number, thanSimilarity: number, thanIndex: number): boolean {
  return similarity < thanSimilarity || (similarity === thanSimilarity && index > thanIndex);
}

/** Writes every class's share of the votes into `share`. */
function castVotes(nearest: Neighbours, labels: Int32Array, temperature: number, share: Float64Array): void {
  const largest = nearest.similarity[0];
  let total = 0;
  for (let i = 0; i < nearest.k; i++) {
    const vote = Math.exp((nearest.similarity[i] - largest) / temperature);
    share[labels[nearest.index[i]]] += vote;
    total += vote;
  }
  for (let c = 0; c < share.length; c++) share[c] /= total;
}

/** The classes with the largest and second largest share, the smaller index first on a tie; second is -1 with one class only. */
function topTwo(share: Float64Array): { first: number; second: number } {
  let first = 0;
  let second = -1;
  for (let c = 1; c < share.length; c++) {
    if (share[c] > share[first]) {
      second = first;
      first = c;
    } else if (second < 0 || share[c] > share[second]) {
      second = c;
    }
  }
  return { first, second };
}

/** The number of classes ahead of `label`: more votes, or as many and a smaller index. */
function placeOf(label: number, share: Float64Array): number {
  let ahead = 0;
  for (let c = 0; c < share.length; c++) {
    if (share[c] > share[label] || (share[c] === share[label] && c < label)) ahead++;
  }
  return ahead;
}
