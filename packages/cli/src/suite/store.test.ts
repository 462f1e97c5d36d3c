import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rowSchemaVersion, type Row } from '@jembench/harness';
import { Store } from './store.js';

const id = 'ab'.repeat(32);
const row = (fields: Partial<Row> = {}): Row =>
  ({
    schema: rowSchemaVersion,
    kind: 'training',
    status: 'ok',
    host: 'node',
    backend: 'wasm',
    build: 'b',
    threads: 1,
    fingerprint: {
      ...{
        cpu: 'c',
        cores: 1,
        os: 'o',
        arch: 'a',
        runtime: 'r',
        backend: 'wasm',
        build: 'b',
        adapter: null,
        driver: null,
      },
      ...{ software: false, flags: {}, isolated: null },
    },
    ...{
      command: 'c',
      commit: 'c',
      runId: id,
      method: 'm',
      options: {},
      dataset: 'd',
      datasetChecksum: 's',
      encoder: 'e',
    },
    ...{
      seed: 1,
      epochs: 1,
      batch: 2,
      knn: 50,
      linear: 50,
      knnProjector: null,
      linearProjector: null,
      stdTimesSqrtD: 1,
    },
    ...{ effectiveRank: 2, rankMe: 2, verdict: 'healthy', imagesPerSecond: 1, msPerStep: 1, weightsHash: 'w' },
    ...fields,
  }) as Row;

function store(): Store {
  const made = new Store(mkdtempSync(join(tmpdir(), 'jembench-store-')));
  made.prepare();
  return made;
}

describe('Store', () => {
  it('gives back what it kept', async () => {
    const here = store();
    expect(here.kept(id)).toEqual({ row: null, problem: null });
    await here.keep(id, row());
    expect(here.kept(id)).toEqual({ row: row(), problem: null });
  });

  it.each<[string, (text: string) => string, string]>([
    ['cut short', (text) => text.slice(0, text.length / 2), 'damaged'],
    ['empty', () => '', 'damaged'],
    ['null', () => 'null', 'damaged'],
    ['changed by a digit', (text) => text.replace('"knn":50', '"knn":51'), 'checksum'],
    ['without a checksum', () => JSON.stringify({ row: row() }), 'checksum'],
  ])('counts a file that is %s as absent, and says so', async (_, damage, problem) => {
    const here = store();
    await here.keep(id, row());
    writeFileSync(here.runPath(id), damage(readFileSync(here.runPath(id), 'utf8')));
    const kept = here.kept(id);
    expect(kept.row).toBeNull();
    expect(kept.problem).toContain(here.runPath(id));
    expect(kept.problem).toContain(problem);
  });

  it("does not take another run's result for its own", async () => {
    const here = store();
    await here.keep(id, row({ runId: 'cd'.repeat(32) }));
    expect(here.kept(id).problem).toContain('another run');
  });

  it('keeps the last checkpoint, and drops it', async () => {
    const here = store();
    expect(here.checkpoint(id)).toBeNull();
    await here.saveCheckpoint(id, Uint8Array.of(1, 2, 3));
    await here.saveCheckpoint(id, Uint8Array.of(4));
    expect(Array.from(here.checkpoint(id) ?? [])).toEqual([4]);
    here.dropCheckpoint(id);
    here.dropCheckpoint(id);
    expect(here.checkpoint(id)).toBeNull();
  });

  it('tidies what killed writers left, and nothing else', async () => {
    const here = store();
    await here.keep(id, row());
    const left = `${here.runPath(id)}.1234567`;
    const other = here.path('runs/notes.txt');
    writeFileSync(left, '{');
    writeFileSync(other, 'mine');
    here.tidy();
    expect([existsSync(left), existsSync(other), existsSync(here.runPath(id))]).toEqual([false, true, true]);
  });

  it('refuses a folder that cannot be made', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'jembench-store-')), 'file');
    writeFileSync(file, '');
    expect(() => {
      new Store(join(file, 'out')).prepare();
    }).toThrow(/^--out: folder, got .*not a folder.*wanted one that can be written/);
  });
});
