import { InputError, backendNames } from '@jembench/core';
import type { TrainingRow } from '@jembench/harness';
import type { DatasetSpec, RunSpec } from '../jobs/job.js';
import { knownName } from '../parse/nearest.js';
import { readRows } from '../rows/read.js';

/** The one training row that is meant: of a file with one, or the one whose run id begins so. */
export function pickedRow(path: string, run: string | undefined): TrainingRow {
  const rows = readRows(path).filter((row) => row.kind === 'training');
  const fitting = rows.filter((row) => run === undefined || row.runId.startsWith(run));
  if (fitting.length !== 1) {
    const known = rows.slice(0, 12).map((row) => `${row.runId.slice(0, 8)} ${row.method} seed ${row.seed}`);
    throw new InputError(
      `${path}: training row, got ${fitting.length} that fit, wanted one; give --run with the start of its runId: ${known.join(', ') || 'there is none'}`,
    );
  }
  if (fitting[0].status !== 'ok') {
    throw new InputError(`${path}: row, got one of status ${fitting[0].status}, wanted a result`);
  }
  return fitting[0];
}

/**
 * The run that a row came from, with the options that it was resolved to, so that a default that changed since does not matter.
 *
 * @throws InputError for a row of a browser or of an encoder from a file, which the row alone does not bring back.
 */
export function specOf(row: TrainingRow, dataDir: string | null): RunSpec {
  if (row.host !== 'node')
    throw new InputError(`reproduce: host, got ${row.host}, wanted node; run its command: ${row.command}`);
  if (row.encoder.includes('@')) {
    throw new InputError(
      `reproduce: encoder, got the file ${row.encoder}, wanted one of the table; run its command: ${row.command}`,
    );
  }
  const count = (value: unknown): number | null => (typeof value === 'number' ? value : null);
  const dataset: DatasetSpec = {
    name: row.dataset,
    dataDir,
    train: count(row.trainingImages),
    test: count(row.testImages),
  };
  return {
    host: 'node',
    method: row.method,
    control: row.control ?? null,
    options: row.options as RunSpec['options'],
    dataset,
    encoder: row.encoder,
    seed: row.seed,
    epochs: row.epochs,
    batch: row.batch,
    backend: knownName('reproduce', 'backend', row.backend, backendNames),
  };
}
