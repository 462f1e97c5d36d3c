import type { Dataset } from '@jembench/core';
import { runId } from '@jembench/harness';
import { planned, type EncoderSource, type Plan, type TrainConfig } from '@jembench/trainers';
import { trainerOf, type RunSpec, type Setup } from './job.js';

/** A run in the trainers' terms, and its name. */
export interface PreparedRun {
  readonly id: string;
  readonly config: TrainConfig;
  readonly plan: Plan;
}

/**
 * Resolves a run's options and computes its identity from everything that determines its weights and scores.
 *
 * @throws InputError for an option out of range.
 */
export function preparedRun(
  spec: RunSpec,
  dataset: Pick<Dataset, 'name' | 'checksum' | 'recipe'>,
  { backend, environment }: Setup,
  code: string,
  encoder: string | EncoderSource,
): PreparedRun {
  const config: TrainConfig = {
    method: trainerOf(spec.method).method,
    options: spec.options,
    encoder,
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
    more: { tfjs: backend.tfjs, code, ...(environment.host !== 'node' && { host: environment.host }) },
  });
  return { id, config, plan };
}
