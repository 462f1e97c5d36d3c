import { rootStream } from '@jembench/core';
import {
  fewLabelAccuracy,
  hungarianAccuracy,
  nmi,
  prototypeUsage,
  type FewLabelAccuracy,
  type Matrix,
  type PrototypeUsage,
} from '@jembench/eval';

/** How the clusters of a method (each image in that of its highest score) agree with the classes, on the test images. */
export interface ClusterScores {
  /** 0 to 1. */
  readonly nmi: number;
  /** Percent, with the best one-to-one map from clusters to classes. */
  readonly hungarian: number;
  /** Each cluster named by 1, 5, 10 labelled training images. */
  readonly fewLabels: readonly FewLabelAccuracy[];
  readonly usage: PrototypeUsage;
}

export interface ScoredSplit {
  /** `[N, K]` scores of the clusters. */
  readonly scores: Matrix;
  readonly labels: Int32Array;
}

/** @param temperature makes the scores probabilities, for the usage. */
export function clusterScores(train: ScoredSplit, test: ScoredSplit, temperature: number): ClusterScores {
  const clusters = { train: firstChoices(train.scores), test: firstChoices(test.scores) };
  return {
    nmi: nmi(clusters.test, test.labels),
    hungarian: hungarianAccuracy(clusters.test, test.labels).percent,
    fewLabels: fewLabelAccuracy(
      { clusters: clusters.train, labels: train.labels },
      { clusters: clusters.test, labels: test.labels },
      { stream: rootStream(0).fork('few-labels') },
    ),
    usage: prototypeUsage(probabilities(test.scores, temperature)),
  };
}

function firstChoices({ data, rows, columns }: Matrix): Int32Array {
  return Int32Array.from({ length: rows }, (_, i) => {
    let first = 0;
    for (let j = 1; j < columns; j++) if (data[i * columns + j] > data[i * columns + first]) first = j;
    return first;
  });
}

function probabilities({ data, rows, columns }: Matrix, temperature: number): Matrix {
  const result = new Float64Array(data.length);
  for (let i = 0; i < rows; i++) {
    const row = data.subarray(i * columns, (i + 1) * columns);
    const largest = row.reduce((most, x) => Math.max(most, x), -Infinity);
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += result[i * columns + j] = Math.exp((row[j] - largest) / temperature);
    for (let j = 0; j < columns; j++) result[i * columns + j] /= sum;
  }
  return { data: result, rows, columns };
}
