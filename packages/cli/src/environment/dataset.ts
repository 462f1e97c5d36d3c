import { InputError, type Dataset } from '@jembench/core';
import { datasetNames, loadDataset, type LoadProgress } from '@jembench/datasets/node';
import { knownName } from '../parse/nearest.js';
import type { DatasetSpec } from '../jobs/job.js';

/** A name that `loadDataset` knows. @throws InputError with the nearest one for a slip. */
export function checkDatasetName(typed: string): string {
  if (!typed.startsWith('folder:')) return knownName('--dataset', 'data set', typed, [...datasetNames, 'folder:DIR']);
  if (typed === 'folder:') throw new InputError('--dataset: folder, got none, wanted folder:DIR');
  return typed;
}

/** Where a loader says what takes time and what a reader of the results must know. */
export interface Notes {
  note(text: string): void;
}

/** Loads a data set. @throws the reason of `stop`, when that fires on the way. */
export async function openDataset(spec: DatasetSpec, notes: Notes, stop: AbortSignal): Promise<Dataset> {
  const dataset = await loadDataset(spec.name, {
    dataDir: spec.dataDir ?? undefined,
    train: spec.train ?? undefined,
    test: spec.test ?? undefined,
    onProgress: everyTenth(spec.name, notes),
    signal: stop,
  });
  for (const text of dataset.notes) notes.note(`${spec.name}: ${text}`);
  return dataset;
}

/** A line for every tenth of what is downloaded. */
function everyTenth(name: string, notes: Notes): (progress: LoadProgress) => void {
  let last = '';
  return ({ phase, file, done, total }) => {
    if (phase === 'read') return;
    const tenths = Math.floor((10 * done) / Math.max(total, 1));
    const text =
      phase === 'wait'
        ? `${name}: waiting for another process that loads it`
        : `${name}: ${phase} ${file} ${10 * tenths} %`;
    if (text !== last) notes.note(text);
    last = text;
  };
}
