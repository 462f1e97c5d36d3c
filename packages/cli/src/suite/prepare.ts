import { basename } from 'node:path';
import type { BackendDescription, Dataset } from '@jembench/core';
import { runId } from '@jembench/harness';
import { encoderFile, planned, type EncoderSource, type Plan, type TrainConfig } from '@jembench/trainers';
import type { RunSpec } from '../worker/protocol.js';
import { fileHandler } from './model-file.js';
import { trainerOf } from './plan.js';

/** A run in the trainers' terms, and its name. */
export interface PreparedRun {
  readonly id: string;
  readonly config: TrainConfig;
  readonly plan: Plan;
}

/**
 * Resolves a run's options and computes its identity from everything that determines its weights and scores.
 *
 * @throws InputError for an option out of range, an encoder file that cannot be read.
 */
export function preparedRun(
  spec: RunSpec,
  dataset: Pick<Dataset, 'name' | 'checksum' | 'recipe'>,
  backend: BackendDescription,
  code: string,
): PreparedRun {
  const config: TrainConfig = {
    method: trainerOf(spec.method).method,
    options: spec.options,
    encoder: encoderOf(spec.encoder),
    seed: spec.seed,
    epochs: spec.epochs,
    batch: spec.batch,
  };
  const plan = planned(config, dataset.recipe);
  const { description } = plan;
  const id = runId({
    ...description,
    method: spec.method,
    dataset: dataset.name,
    datasetChecksum: dataset.checksum,
    optimiser: description.options.optimiser,
    backend: backend.name,
    build: backend.build,
    more: { tfjs: backend.tfjs, code },
  });
  return { id, config, plan };
}

/** A name of the table, or a model.json with the hash of its content in the name: another file is another run. */
function encoderOf(name: string): string | EncoderSource {
  if (!name.endsWith('.json')) return name;
  const handler = fileHandler(name);
  return encoderFile(`${basename(name)}@${handler.hash.slice(0, 12)}`, handler);
}
