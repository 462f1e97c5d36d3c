import type { Dataset } from '@jembench/core';
import type { RowContext, TrainingRow } from '@jembench/harness';
import type { RunSpec } from './job.js';
import type { PreparedRun } from './prepare.js';

/** A training row without its figures: what is known of a run before it starts. */
export function trainingDraft(
  spec: RunSpec,
  { id, plan }: PreparedRun,
  dataset: Pick<Dataset, 'name' | 'checksum' | 'notes' | 'train' | 'test'>,
  context: RowContext,
): TrainingRow {
  const { options, encoder } = plan.description;
  return {
    ...context,
    status: 'ok',
    kind: 'training',
    runId: id,
    method: spec.method,
    ...(spec.control !== null && { control: spec.control }),
    options,
    dataset: dataset.name,
    datasetChecksum: dataset.checksum,
    datasetNotes: dataset.notes,
    trainingImages: dataset.train.count,
    testImages: dataset.test.count,
    encoder,
    seed: spec.seed,
    epochs: spec.epochs,
    batch: spec.batch,
    knn: null,
    linear: null,
    knnProjector: null,
    linearProjector: null,
    stdTimesSqrtD: null,
    effectiveRank: null,
    rankMe: null,
    verdict: null,
    imagesPerSecond: null,
    msPerStep: null,
    weightsHash: null,
  };
}
