import type { Dataset } from '@jembench/core';
import {
  diagnose,
  knnProbe,
  linearProbe,
  type Accuracy,
  type Diagnosis,
  type Matrix,
  type Verdict,
} from '@jembench/eval';
import type { TrainedRun } from '../training/train.js';
import { clusterScores, type ClusterScores } from './clusters.js';
import { featuresOf } from './features.js';

export interface EvaluateOptions {
  /** False leaves the linear probes out; over thousands of features (raw pixels) they take long. */
  readonly linear: boolean;
  /** False leaves the probes of the projector out. */
  readonly projector: boolean;
  /** Told what is being worked on. */
  readonly onPhase: (phase: 'features' | 'diagnosis' | 'kNN probe' | 'linear probe') => void;
}

/** The figures of a training row, under the row's names. `null` is what is not defined: of a diverged run, or left out. */
export interface Evaluation {
  /** Weighted kNN and linear probe on the backbone's features, percent right on the test images. */
  readonly knn: number | null;
  readonly linear: number | null;
  /** The same on the projector's outputs. */
  readonly knnProjector: number | null;
  readonly linearProjector: number | null;
  /** The projector's outputs on the test images: their collapse metrics and verdict. */
  readonly stdTimesSqrtD: number | null;
  readonly effectiveRank: number | null;
  readonly rankMe: number | null;
  readonly rankCap: number;
  readonly verdict: Verdict;
  readonly verdictReasons: readonly string[];
  readonly imagesPerSecond: number;
  readonly msPerStep: number;
  readonly weightsHash: string;
  readonly steps: number;
  /** The accuracies above with their 95 % intervals over the choice of test images. */
  readonly accuracies: Readonly<Record<'knn' | 'linear' | 'knnProjector' | 'linearProjector', Accuracy | null>>;
  /** Every collapse metric. */
  readonly diagnosis: { readonly backbone: Diagnosis; readonly projector: Diagnosis };
  /** For methods with prototypes or classes of their own. */
  readonly clusters: ClusterScores | null;
}

/**
 * Probes and diagnoses a trained run: frozen networks in inference mode, images without augmentation, nothing chosen on the test split.
 *
 * "Projector" is the first network behind the encoder: the space in which the loss is taken, or the classifier of `supervised`. Of a
 * method that hides patches it is the mean over the patches of what that network says.
 */
export async function evaluate(
  run: TrainedRun,
  dataset: Dataset,
  options: Partial<EvaluateOptions> = {},
): Promise<Evaluation> {
  const { linear = true, projector = true, onPhase = () => undefined } = options;
  const { method, values } = run.plan;
  const { networks } = run;
  const masked = method.mask !== undefined;
  onPhase('features');
  const train = await featuresOf(networks, dataset, dataset.train, masked);
  const test = await featuresOf(networks, dataset, dataset.test, masked);
  const head = [...networks.heads.keys()][0];
  const projected =
    head === undefined
      ? { train: train.backbone, test: test.backbone }
      : { train: train.heads[head], test: test.heads[head] };

  onPhase('diagnosis');
  const diagnosis = {
    backbone: diagnose(test.backbone),
    projector: diagnose(projected.test, { targetStd: method.targetStd }),
  };
  const finite = Object.values(diagnosis).every(({ verdict }) => verdict !== 'diverged');
  const knn = (from: Matrix, to: Matrix): Accuracy => {
    onPhase('kNN probe');
    const k = Math.min(20, from.rows);
    return knnProbe(from, dataset.train.labels, to, dataset.test.labels, { k, classes: dataset.classes.length }).top1;
  };
  const line = (from: Matrix, to: Matrix): Accuracy => {
    onPhase('linear probe');
    return linearProbe(from, dataset.train.labels, to, dataset.test.labels).test;
  };
  const accuracies = {
    knn: finite ? knn(train.backbone, test.backbone) : null,
    linear: finite && linear ? line(train.backbone, test.backbone) : null,
    knnProjector: finite && projector ? knn(projected.train, projected.test) : null,
    linearProjector: finite && projector && linear ? line(projected.train, projected.test) : null,
  };
  const clusters = method.clusters?.(values);
  const { stdTimesSqrtD, effectiveRank, rankMe, rankCap, verdict, reasons } = diagnosis.projector;
  return {
    knn: accuracies.knn?.percent ?? null,
    linear: accuracies.linear?.percent ?? null,
    knnProjector: accuracies.knnProjector?.percent ?? null,
    linearProjector: accuracies.linearProjector?.percent ?? null,
    stdTimesSqrtD,
    effectiveRank,
    rankMe,
    rankCap,
    verdict: run.diverged === undefined ? verdict : 'diverged',
    verdictReasons: run.diverged === undefined ? reasons : [run.diverged.reason, ...reasons],
    imagesPerSecond: run.speed.imagesPerSecond,
    msPerStep: run.speed.msPerStep,
    weightsHash: run.weightsHash,
    steps: run.steps,
    accuracies,
    diagnosis,
    clusters:
      clusters === undefined || !finite
        ? null
        : clusterScores(
            { scores: train.heads[clusters.network], labels: dataset.train.labels },
            { scores: test.heads[clusters.network], labels: dataset.test.labels },
            clusters.temperature,
          ),
  };
}
