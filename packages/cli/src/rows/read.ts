import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '@jembench/core';
import { decodeRows, type Row } from '@jembench/harness';

/** The rows of a suite, and what `bench --out` writes of each benchmark. */
const files = ['rows.jsonl', 'kernels.jsonl', 'training.jsonl', 'augmentations.jsonl'] as const;

const wanted = 'a file of rows, or the --out folder of a suite or of bench';

/**
 * The rows of a file, or of all files of rows in the --out folder of a suite or of `bench`.
 *
 * @throws InputError where there are none; HarnessError for a file that is empty, torn, or of another schema.
 */
export function readRows(path: string): Row[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new InputError(`${path}: rows, got no such file or folder, wanted ${wanted}`);
  if (!stat.isDirectory()) return decodeRows(readFileSync(path, 'utf8'), path);
  const there = files.map((name) => join(path, name)).filter((file) => existsSync(file));
  if (there.length === 0) {
    throw new InputError(`${path}: ${files.join(', ')}, got none of them, wanted ${wanted} that has run`);
  }
  return there.flatMap((file) => decodeRows(readFileSync(file, 'utf8'), file));
}
