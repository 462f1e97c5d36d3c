import { InputError, type Dataset } from '@jembench/core';
import { shapes } from '@jembench/datasets';
import type { DatasetSpec } from '../worker/protocol.js';

export function checkDatasetName(typed: string): string {
  return typed;
}
export async function openDataset(spec: DatasetSpec, note: (text: string) => void): Promise<Dataset> {
  if (spec.name !== 'shapes') throw new InputError('not yet');
  note('');
  return Promise.resolve(shapes({ train: spec.train ?? 100, test: spec.test ?? 100 }));
}
