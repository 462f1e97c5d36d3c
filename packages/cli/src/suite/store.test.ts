import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TrainingRow } from '@jembench/harness';
import { kernelRow, trainingRow } from '../fixtures/rows.js';
import { Store } from './store.js';
import { scratch } from '../fixtures/scratch.js';

const id = 'ab'.repeat(32);
const row = (fields: Partial<TrainingRow> = {}): TrainingRow => trainingRow({ runId: id, ...fields });

function store(): Store {
  const made = new Store(scratch());
  made.prepare();
  return made;
}

describe('Store', () => {
  it('gives back what it kept', async () => {
    const here = store();
    expect(here.run(id)).toEqual({ kept: null, problem: null });
    await here.keepRun(id, row());
    expect(here.run(id)).toEqual({ kept: row(), problem: null });
  });

  it.each<[string, (text: string) => string, string]>([
    ['cut short', (text) => text.slice(0, text.length / 2), 'damaged'],
    ['empty', () => '', 'damaged'],
    ['null', () => 'null', 'damaged'],
    ['changed by a digit', (text) => text.replace('"knn":60', '"knn":61'), 'checksum'],
    ['without a checksum', () => JSON.stringify({ content: row() }), 'checksum'],
  ])('counts a file that is %s as absent, and says so', async (_, damage, problem) => {
    const here = store();
    await here.keepRun(id, row());
    writeFileSync(here.runPath(id), damage(readFileSync(here.runPath(id), 'utf8')));
    const found = here.run(id);
    expect(found.kept).toBeNull();
    expect(found.problem).toContain(here.runPath(id));
    expect(found.problem).toContain(problem);
  });

  it("does not take another run's result for its own", async () => {
    const here = store();
    await here.keepRun(id, row({ runId: 'cd'.repeat(32) }));
    expect(here.run(id).problem).toContain('another run');
  });

  it('keeps kernel timings together', async () => {
    const here = store();
    expect(here.kernels(id).kept).toBeNull();
    await here.keepKernels(id, [kernelRow(), kernelRow({ ms: 2, low: 2, high: 2 })]);
    expect(here.kernels(id).kept?.map((kept) => kept.ms)).toEqual([1.5, 2]);
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
    await here.keepRun(id, row());
    const left = `${here.runPath(id)}.1234567`;
    const other = here.path('runs/notes.txt');
    writeFileSync(left, '{');
    writeFileSync(other, 'mine');
    here.tidy();
    expect([existsSync(left), existsSync(other), existsSync(here.runPath(id))]).toEqual([false, true, true]);
  });

  it('refuses a folder that cannot be made', () => {
    const file = join(scratch(), 'file');
    writeFileSync(file, '');
    expect(() => {
      new Store(join(file, 'out')).prepare();
    }).toThrow(/^--out: folder, got .*not a folder.*wanted one that can be written/);
  });
});
