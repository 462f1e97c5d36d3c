import { accessSync, constants, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '@jembench/core';
import { canonicalHash, decodeRow, encodeRow, type Json, type Row } from '@jembench/harness';
import writeFileAtomic from 'write-file-atomic';
import { errorLine } from '../errors.js';
import { makeFolder } from './make-folder.js';

/** A row that was kept, and what was wrong with one that cannot be used. */
export interface Kept {
  readonly row: Row | null;
  readonly problem: string | null;
}

/**
 * The folder of a suite.
 *
 *     runs/<runId>.json          one finished run, named by everything that determines it
 *     checkpoints/<runId>.bin    the state of a run that is under way
 *     rows.jsonl summary.csv summary.md kernels.csv checks.json   the tables, made again from the runs at the end
 */
export class Store {
  constructor(readonly folder: string) {}

  /** @throws InputError where the folder cannot be made or written. */
  prepare(): void {
    try {
      for (const name of ['runs', 'checkpoints']) makeFolder(join(this.folder, name));
      accessSync(this.folder, constants.W_OK | constants.X_OK);
    } catch (error) {
      throw new InputError(
        `--out: folder, got ${this.folder} (${errorLine(error)}), wanted one that can be written; give another --out DIR`,
      );
    }
  }

  /** Removes what writers that were killed left half written. Only for the owner of the folder. */
  tidy(): void {
    for (const [folder, whole] of [
      ['runs', /^[0-9a-f]{64}\.json$/],
      ['checkpoints', /^[0-9a-f]{64}\.bin$/],
    ] as const) {
      for (const name of readdirSync(this.path(folder))) {
        if (/^[0-9a-f]{64}\./.test(name) && !whole.test(name)) rmSync(this.path(join(folder, name)), { force: true });
      }
    }
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  runPath(id: string): string {
    return this.path(join('runs', `${id}.json`));
  }

  checkpointPath(id: string): string {
    return this.path(join('checkpoints', `${id}.bin`));
  }

  /** A finished row goes to disk whole or not at all, as `{ sha256, row }`. */
  async keep(id: string, row: Row): Promise<void> {
    const checked = JSON.parse(encodeRow(row)) as Json;
    await writeFileAtomic(this.runPath(id), `${JSON.stringify({ sha256: canonicalHash(checked), row: checked })}\n`);
  }

  /** The finished row of that name. A file that is damaged, or of another schema, counts as absent and its problem is told. */
  kept(id: string): Kept {
    const path = this.runPath(id);
    const file = readIfThere(path);
    if (file === null) return { row: null, problem: null };
    try {
      return { row: unsealed(file, id, path), problem: null };
    } catch (error) {
      return { row: null, problem: errorLine(error) };
    }
  }

  async saveCheckpoint(id: string, state: Uint8Array): Promise<void> {
    await writeFileAtomic(this.checkpointPath(id), Buffer.from(state.buffer, state.byteOffset, state.byteLength));
  }

  /** The last checkpoint of a run, or null. Checkpoints carry a checksum of their own, which is verified where they are read. */
  checkpoint(id: string): Uint8Array | null {
    return readIfThere(this.checkpointPath(id));
  }

  dropCheckpoint(id: string): void {
    rmSync(this.checkpointPath(id), { force: true });
  }
}

function unsealed(file: Uint8Array, id: string, path: string): Row {
  let sealed: { sha256?: Json; row?: Json } | null;
  try {
    sealed = JSON.parse(Buffer.from(file).toString()) as typeof sealed;
  } catch (error) {
    throw new InputError(`${path}: damaged (${errorLine(error)})`);
  }
  if (sealed?.row === undefined || sealed.sha256 !== canonicalHash(sealed.row)) {
    throw new InputError(`${path}: damaged (its checksum does not match its content)`);
  }
  const row = decodeRow(sealed.row, path);
  if (row.runId !== id) throw new InputError(`${path}: the result of another run, ${String(row.runId)}`);
  return row;
}

function readIfThere(path: string): Uint8Array | null {
  try {
    // A plain array: Node's Buffer shares its memory with others, and its `slice` does not copy.
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
