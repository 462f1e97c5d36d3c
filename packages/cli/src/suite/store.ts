import { accessSync, constants, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '@jembench/core';
import { decodeRow, encodeRow, type Json, type KernelRow, type Row } from '@jembench/harness';
import writeFileAtomic from 'write-file-atomic';
import { errorLine } from '../error-line.js';
import { makeFolder } from './make-folder.js';
import { readIfThere, readSealed, writeSealed } from './sealed-json.js';

/** What was kept under a name, or null, and what is wrong with a file that cannot be used. */
export interface Kept<T> {
  readonly kept: T | null;
  readonly problem: string | null;
}

/** File names: the hash that identifies what they hold, and the ending of a file that is whole. */
const folders = { runs: '.json', kernels: '.json', checkpoints: '.bin' } as const;
const hash = /^[0-9a-f]{64}/;

/**
 * The folder of a suite.
 *
 *     runs/<runId>.json          one finished run, named by everything that determines it
 *     kernels/<hash>.json        the kernel timings of one machine and one state of the code
 *     checkpoints/<runId>.bin    the state of a run that is under way
 *     rows.jsonl summary.csv summary.md kernels.csv checks.json   the tables, made again from the above at the end
 */
export class Store {
  constructor(readonly folder: string) {}

  /** @throws InputError where the folder cannot be made or written. */
  prepare(): void {
    try {
      for (const name of Object.keys(folders)) makeFolder(join(this.folder, name));
      accessSync(this.folder, constants.W_OK | constants.X_OK);
    } catch (error) {
      throw new InputError(
        `--out: folder, got ${this.folder} (${errorLine(error)}), wanted one that can be written; give another --out DIR`,
      );
    }
  }

  /** Removes what writers that were killed left half written. Only for the owner of the folder. */
  tidy(): void {
    for (const [folder, ending] of Object.entries(folders)) {
      for (const name of readdirSync(this.path(folder))) {
        if (hash.test(name) && name.slice(64) !== ending) rmSync(this.path(folder, name), { force: true });
      }
    }
  }

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  runPath(id: string): string {
    return this.path('runs', `${id}.json`);
  }

  checkpointPath(id: string): string {
    return this.path('checkpoints', `${id}.bin`);
  }

  async keepRun(id: string, row: Row): Promise<void> {
    await writeSealed(this.runPath(id), asJson(row));
  }

  /** The finished row of that name. A file that is damaged, or of another schema, counts as absent and its problem is told. */
  run(id: string): Kept<Row> {
    const path = this.runPath(id);
    return attempt(path, (content) => {
      const row = decodeRow(content, path);
      if (row.runId !== id) throw new InputError(`${path}: the result of another run, ${String(row.runId)}`);
      return row;
    });
  }

  async keepKernels(id: string, rows: readonly KernelRow[]): Promise<void> {
    await writeSealed(this.path('kernels', `${id}.json`), rows.map(asJson));
  }

  kernels(id: string): Kept<readonly KernelRow[]> {
    const path = this.path('kernels', `${id}.json`);
    return attempt(path, (content) => {
      const rows = Array.isArray(content) ? content.map((row) => decodeRow(row, path)) : [];
      return rows.filter((row) => row.kind === 'kernel');
    });
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

const asJson = (row: Row): Json => JSON.parse(encodeRow(row)) as Json;

function attempt<T>(path: string, decode: (content: Json) => T): Kept<T> {
  try {
    const content = readSealed(path);
    return { kept: content === null ? null : decode(content), problem: null };
  } catch (error) {
    return { kept: null, problem: errorLine(error) };
  }
}
