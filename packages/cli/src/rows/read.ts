import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '@jembench/core';
import { decodeRows, type Row } from '@jembench/harness';

/**
 * The rows of a suite's folder (its `rows.jsonl`) or of a file of rows.
 *
 * @throws InputError where there are none; HarnessError for a file that is empty, torn, or of another schema.
 */
export function readRows(path: string): Row[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) {
    throw new InputError(
      `${path}: rows, got no such file or folder, wanted a rows.jsonl or the --out folder of a suite`,
    );
  }
  const file = stat.isDirectory() ? join(path, 'rows.jsonl') : path;
  if (statSync(file, { throwIfNoEntry: false }) === undefined) {
    throw new InputError(`${path}: rows.jsonl, got none, wanted the --out folder of a suite that has run`);
  }
  return decodeRows(readFileSync(file, 'utf8'), file);
}
