import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { rootStream } from '@jembench/core';
import { decodeRows, encodeRow, type Row } from '@jembench/harness';
import { mergeCommand } from '../commands/merge.js';
import { ensureBuilt, run, start } from '../fixtures/cli.js';
import { inProcess } from '../fixtures/in-process.js';
import { kernelRow, trainingRow } from '../fixtures/rows.js';
import { writeManifest } from './manifest.js';
import { scratch } from '../fixtures/scratch.js';

const folder = scratch();
const id = (i: number): string => i.toString(16).padStart(64, '0');
const plan = [1, 2, 3].map(id);
let made = 0;

/** The folder of a finished shard of three runs. */
async function shard(index: number, rows: readonly Row[], fields: object = {}): Promise<string> {
  const path = join(folder, `shard-${made++}`);
  cpSync(scratch(), path, { recursive: true });
  if (rows.length > 0) writeFileSync(join(path, 'rows.jsonl'), rows.map(encodeRow).join(''));
  const runs = rows.map((row) => String(row.runId));
  await writeManifest((name) => join(path, name), { shard: { index, count: 2 }, plan, runs, margin: null, ...fields });
  return path;
}
const row = (i: number, fields = {}) => trainingRow({ runId: id(i), seed: i, ...fields });
const merge = (...dirs: readonly string[]) =>
  inProcess(mergeCommand, ...dirs, '--out', join(folder, `out-${made++}`), '--json');

describe('jembench merge', () => {
  it('has the runs in the order of the whole suite, then the timings', async () => {
    const one = await shard(1, [row(1), row(3), kernelRow()]);
    const two = await shard(2, [row(2)]);
    const { code, stdout } = await merge(two, one);
    expect(code).toBe(0);
    expect(decodeRows(stdout, 'stdout').map((each) => each.runId ?? each.kernel)).toEqual([...plan, 'sinkhorn']);
  });

  it('carries a failed run along and ends with 1', async () => {
    const failed = row(2, { status: 'failed', reason: 'boom', knn: null, weightsHash: null, verdict: null });
    const { code, stderr } = await merge(await shard(1, [row(1), row(3)]), await shard(2, [failed]));
    expect(code).toBe(1);
    expect(stderr).toContain('boom');
  });

  const other = (fields: object) => ({ fingerprint: { ...trainingRow().fingerprint, ...fields } });
  it.each<[string, () => Promise<string[]>, string]>([
    ['a missing shard', async () => [await shard(1, [row(1), row(3)])], 'got 1 of 2, wanted all; missing 2/2'],
    ['a doubled one', async () => [await shard(1, [row(1)]), await shard(1, [row(1)])], 'shard 1/2, got it twice'],
    [
      'another machine',
      async () => [await shard(1, [row(1), row(3)]), await shard(2, [row(2, other({ cores: 64 }))])],
      'cores, got 64, wanted 2',
    ],
    [
      'a flag',
      async () => [await shard(1, [row(1), row(3)]), await shard(2, [row(2, other({ flags: { SIMD: 1 } }))])],
      'flags.SIMD, got 1',
    ],
    [
      'another commit',
      async () => [await shard(1, [row(1), row(3)]), await shard(2, [row(2, { commit: 'def' })])],
      'commit, got def, wanted abc',
    ],
    [
      'another suite',
      async () => [await shard(1, [row(1), row(3)]), await shard(2, [row(2)], { plan: plan.slice(1) })],
      'plan, got other runs',
    ],
    [
      'another count',
      async () => [await shard(1, [row(1)]), await shard(2, [row(2)], { shard: { index: 2, count: 3 } })],
      'shards, got 3, wanted 2',
    ],
    [
      'a missing run',
      async () => [await shard(1, [row(1)]), await shard(2, [row(2)])],
      `run ${id(3).slice(0, 12)}, got none`,
    ],
    ['a folder that is no shard', () => Promise.resolve([folder]), 'shard.json, got none'],
  ])('refuses %s with exit code 2', async (_, folders, says) => {
    const { code, stdout, stderr } = await merge(...(await folders()));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(says);
  });

  it('refuses a folder given twice, and a torn file', async () => {
    const one = await shard(1, [row(1), row(3)]);
    expect((await merge(one, one)).stderr).toContain('got it twice');
    const two = await shard(2, [row(2)]);
    writeFileSync(join(two, 'rows.jsonl'), readFileSync(join(two, 'rows.jsonl'), 'utf8').slice(0, 300));
    expect(await merge(one, two)).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('a suite in three shards, one of which is killed at random and started again', () => {
  vi.setConfig({ testTimeout: 300_000 });
  beforeAll(ensureBuilt, 300_000);
  const args = (...more: readonly string[]): string[] => [
    ...['suite', '--profile', 'smoke', '--methods', 'vicreg,simsiam,random', '--no-kernels', '--jobs', '1'],
    ...['--train', '64', '--test', '32', '--batch', '8', '--epochs', '2', '--set', 'hidden=8', '--set', 'dim=8'],
    ...['--checkpoint-seconds', '0', ...more],
  ];
  /** Everything but what a clock or a command line decides. */
  const results = (path: string): object[] =>
    decodeRows(readFileSync(join(path, 'rows.jsonl'), 'utf8'), path).map((each) =>
      Object.fromEntries(
        Object.entries(each).filter(([name]) => !/^(command|imagesPerSecond|msPerStep|seconds|jobs)/.test(name)),
      ),
    );

  it('is equal to the whole', async () => {
    const whole = scratch();
    await run(args('--out', whole));
    const random = rootStream(6).fork('merge');
    const victim = Math.floor(3 * random.uniform());
    const shards = [scratch(), scratch(), scratch()];
    for (const [i, out] of shards.entries()) {
      const own = args('--shard', `${i + 1}/3`, '--out', out);
      if (i === victim) {
        const running = start(own);
        await running.said(/started/);
        await new Promise((resolve) => setTimeout(resolve, 2000 * random.uniform()));
        running.process.kill('SIGKILL');
        await running.ended;
        if (!existsSync(join(out, 'shard.json'))) expect((await run(['merge', ...shards])).code).toBe(2);
      }
      expect((await run(own)).code).toBe(0);
    }
    const out = scratch();
    const { code, stderr } = await run(['merge', ...shards, '--out', out]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: `written to ${out}: rows.jsonl, summary.csv, summary.md\n` });
    expect(results(out)).toEqual(results(whole));
    expect(readdirSync(join(out, 'runs')).sort()).toEqual(readdirSync(join(whole, 'runs')).sort());
    rmSync(out, { recursive: true });
  });
});
