import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { decodeRows, type TrainingRow } from '@jembench/harness';
import { ensureBuilt, run, start, type Ended } from './fixtures/cli.js';
import { scratch } from './fixtures/scratch.js';

// Whole suites in processes of their own, on a machine that may have other work.
vi.setConfig({ testTimeout: 240_000 });
beforeAll(ensureBuilt, 180_000);

/** Two methods, as small as they get: 3 epochs of 16 steps. */
const small = (out: string, ...more: string[]): string[] => [
  ...['suite', '--profile', 'smoke', '--host', 'node', '--methods', 'vicreg,simsiam', '--no-kernels'],
  ...['--out', out],
  ...['--train', '128', '--test', '64', '--batch', '8', '--epochs', '3', '--set', 'hidden=8', '--set', 'dim=8'],
  ...more,
];

const rowsIn = (folder: string): TrainingRow[] =>
  decodeRows(readFileSync(join(folder, 'rows.jsonl'), 'utf8'), folder) as TrainingRow[];
/** The weights of every run, or why it has none. */
const hashes = (folder: string): Record<string, string | null | undefined> =>
  Object.fromEntries(rowsIn(folder).map((row) => [`${row.method} ${row.seed}`, row.weightsHash ?? row.reason]));
const runFiles = (folder: string): string[] => readdirSync(join(folder, 'runs')).sort();

/** The hashes of an undisturbed suite, one run at a time: what every other way of running it must reproduce. */
let undisturbed: ReturnType<typeof hashes>;
let undisturbedFolder: string;
let first: Ended;

beforeAll(async () => {
  undisturbedFolder = scratch();
  first = await run(small(undisturbedFolder, '--jobs', '1'));
  undisturbed = hashes(undisturbedFolder);
}, 120_000);

describe('a suite', () => {
  it('trains, scores, writes its files and says what it found', () => {
    expect(first.stdout).toMatch(/^vicreg +convnet +1 /m);
    expect(Object.keys(undisturbed)).toEqual(['vicreg 1', 'simsiam 1']);
    for (const row of rowsIn(undisturbedFolder)) {
      expect(row).toMatchObject({
        status: 'ok',
        epochs: 3,
        batch: 8,
        options: { hidden: 8, dim: 8 },
        weightsHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      });
    }
    for (const name of ['summary.csv', 'summary.md', 'checks.json'])
      expect(existsSync(join(undisturbedFolder, name))).toBe(true);
    expect(readdirSync(join(undisturbedFolder, 'checkpoints'))).toEqual([]);
    expect(existsSync(join(undisturbedFolder, 'suite.lock'))).toBe(false);
  });

  it('run again does nothing twice and prints the same table', async () => {
    const before = rowsIn(undisturbedFolder);
    const again = await run(small(undisturbedFolder, '--jobs', '1'));
    expect(again.stderr).toContain('2 of 2 runs are there already');
    expect(again.stdout).toBe(first.stdout);
    expect(rowsIn(undisturbedFolder)).toEqual(before);
  });

  it('has the same weights with two runs at a time', async () => {
    const out = scratch();
    await run(small(out, '--jobs', '2'));
    expect(hashes(out)).toEqual(undisturbed);
    expect(runFiles(out)).toEqual(runFiles(undisturbedFolder));
  });

  it('comes in shards that together are the whole, none twice', async () => {
    const [one, two] = [scratch(), scratch()];
    await Promise.all([run(small(one, '--shard', '1/2')), run(small(two, '--shard', '2/2'))]);
    expect([...runFiles(one), ...runFiles(two)].sort()).toEqual(runFiles(undisturbedFolder));
  });

  it('prints nothing but JSON with --json', async () => {
    const { stdout } = await run(small(undisturbedFolder, '--json'));
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as TrainingRow);
    expect(rows).toEqual(rowsIn(undisturbedFolder));
  });

  it('does not mind a reader that goes away', async () => {
    const running = start(small(undisturbedFolder));
    running.process.stdout.destroy();
    const { code, stderr } = await running.ended;
    expect(stderr).not.toContain('EPIPE');
    expect(code).toBe(first.code);
  });
});

describe('a suite that is stopped', () => {
  it('by kill -9, at several moments, goes on to the same weights', async () => {
    const out = scratch();
    const args = small(out, '--jobs', '2', '--checkpoint-seconds', '0');
    const checkpoints = (): string[] =>
      existsSync(join(out, 'checkpoints'))
        ? readdirSync(join(out, 'checkpoints')).filter((name) => name.endsWith('.bin'))
        : [];
    let said = '';
    // At the first checkpoint, then later and later.
    for (const pause of [0, 150, 300]) {
      const running = start(args);
      while (running.process.exitCode === null && checkpoints().length === 0) await sleep(20);
      await sleep(pause);
      running.process.kill('SIGKILL');
      said += (await running.ended).stderr;
    }
    expect(existsSync(join(out, 'suite.lock'))).toBe(true);
    const last = await run(args);
    expect(said + last.stderr).toMatch(/seed 1: goes on from step [1-9]\d* of 48/);
    expect(hashes(out)).toEqual(undisturbed);
    expect(runFiles(out)).toEqual(runFiles(undisturbedFolder));
    expect(readdirSync(join(out, 'checkpoints'))).toEqual([]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'by %s leaves with 130, writes checkpoints and goes on to the same weights',
    async (signal) => {
      const out = scratch();
      const running = start(small(out, '--jobs', '1'));
      await running.said(/vicreg seed 1: \d+ %|vicreg seed 1: started/);
      await sleep(1500);
      // Ctrl-C reaches every process of the terminal's group, SIGTERM usually one.
      if (signal === 'SIGINT') process.kill(-(running.process.pid ?? 0), signal);
      else running.process.kill(signal);
      // npm and others hand it on once more.
      running.process.kill(signal);
      const { code, stderr, stdout } = await running.ended;
      expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
      expect(stderr).toContain('the same command goes on from here');
      expect(existsSync(join(out, 'suite.lock'))).toBe(false);
      await run(small(out, '--jobs', '1'));
      expect(hashes(out)).toEqual(undisturbed);
    },
  );

  it('takes its workers along', async () => {
    const out = scratch();
    const running = start(small(out, '--jobs', '1', '--checkpoint-seconds', '0', '--epochs', '200'));
    await running.said(/started/);
    while (!existsSync(join(out, 'checkpoints')) || readdirSync(join(out, 'checkpoints')).length === 0) await sleep(50);
    running.process.kill('SIGKILL');
    await running.ended;
    await sleep(1500);
    const left = (): string =>
      readdirSync(join(out, 'checkpoints'))
        .filter((name) => name.endsWith('.bin'))
        .map((name) => readFileSync(join(out, 'checkpoints', name)).toString('base64'))
        .join();
    const before = left();
    await sleep(1500);
    expect(left()).toBe(before);
  });
});

/** A finished suite's folder, to be spoilt. */
function copy(): string {
  const out = scratch();
  cpSync(undisturbedFolder, out, { recursive: true });
  return out;
}

describe('a suite that finds', () => {
  it('a damaged result says so and makes it again', async () => {
    const out = copy();
    const [name] = runFiles(out);
    const path = join(out, 'runs', name);
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, 200));
    const { stderr } = await run(small(out));
    expect(stderr).toContain(`${path}: damaged`);
    expect(stderr).toContain('1 of 2 runs are there already');
    expect(hashes(out)).toEqual(undisturbed);
  });

  it('a damaged checkpoint says so and starts over', async () => {
    const out = copy();
    const [name] = runFiles(out);
    const id = name.slice(0, 64);
    writeFileSync(join(out, 'runs', name), '');
    writeFileSync(join(out, 'checkpoints', `${id}.bin`), 'JEMBENCH CHECKPOINT 1\nnonsense');
    const { stderr } = await run(small(out));
    expect(stderr).toMatch(/checkpoint: .*; starting over/);
    expect(hashes(out)).toEqual(undisturbed);
  });

  it('another suite in its folder leaves', async () => {
    const out = scratch();
    const running = start(small(out, '--jobs', '1'));
    await running.said(/started/);
    const second = await run(small(out, '--jobs', '1'));
    expect(second).toMatchObject({ code: 2, stdout: '' });
    expect(second.stderr).toMatch(/^jembench: .*in use by process \d+ on .*\n$/);
    await running.ended;
    expect(hashes(out)).toEqual(undisturbed);
  });

  // Finds the worker in /proc.
  it.skipIf(process.platform !== 'linux')(
    'a worker that dies makes it a failed row, goes on, and ends with 1',
    async () => {
      const out = scratch();
      const running = start(small(out, '--jobs', '1'), { NODE_OPTIONS: '--max-old-space-size=4096' });
      await running.said(/vicreg seed 1: started/);
      await sleep(300);
      const children = readFileSync(`/proc/${running.process.pid}/task/${running.process.pid}/children`, 'utf8')
        .trim()
        .split(' ');
      process.kill(Number(children[0]), 'SIGKILL');
      const { code, stderr } = await running.ended;
      expect(code).toBe(1);
      expect(stderr).toContain('vicreg seed 1: failed: worker: ended with signal SIGKILL');
      const rows = rowsIn(out);
      expect(rows.map(({ method, status }) => ({ method, status }))).toEqual([
        { method: 'vicreg', status: 'failed' },
        { method: 'simsiam', status: 'ok' },
      ]);
      await run(small(out));
      expect(hashes(out)).toEqual(undisturbed);
    },
  );
});
