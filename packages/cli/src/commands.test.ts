import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { rootStream, tf, useBackend } from '@jembench/core';
import { decodeRows } from '@jembench/harness';
import { loadNetwork } from '@jembench/trainers';
import { ensureBuilt, run, start } from './fixtures/cli.js';
import { scratch } from './fixtures/scratch.js';
import { trainingRow } from './fixtures/rows.js';
import { fileHandler } from './suite/model-file.js';

vi.setConfig({ testTimeout: 240_000 });
beforeAll(ensureBuilt, 180_000);

const tiny = ['--profile', 'smoke', '--train', '64', '--test', '32', '--batch', '8', '--epochs', '1'];

describe('train --save', () => {
  it('writes a model that tfjs loads, keeps its result, and makes the model again when it is gone', async () => {
    const out = scratch();
    const args = ['train', 'vicreg', ...tiny, '--set', 'hidden=8', '--set', 'dim=8', '--save', out];
    const first = await run([...args, '--json']);
    expect(first.code).toBe(0);
    const [row] = decodeRows(first.stdout, 'stdout');
    expect(row).toMatchObject({ method: 'vicreg', status: 'ok' });
    expect(readFileSync(join(out, 'row.json'), 'utf8')).toBe(first.stdout);

    await useBackend('wasm');
    const model = await loadNetwork(fileHandler(join(out, 'model.json')));
    const features = tf.tidy(() => model.predict(tf.zeros([2, 32, 32, 3])) as tf.Tensor);
    expect(features.shape).toEqual([2, 128]);
    tf.dispose(features);

    const again = await run([...args, '--json']);
    expect(again.stdout).toBe(first.stdout);
    expect(again.stderr).toContain('1 of 1 runs are there already');

    const weights = readFileSync(join(out, 'weights.bin'));
    writeFileSync(join(out, 'row.json'), '{}');
    const third = await run([...args, '--json']);
    expect(decodeRows(third.stdout, 'stdout')[0].weightsHash).toBe(row.weightsHash);
    expect(readFileSync(join(out, 'weights.bin')).equals(weights)).toBe(true);

    // The saved encoder is an encoder again.
    const onward = await run([
      'train',
      'simsiam',
      ...tiny,
      '--encoder',
      join(out, 'model.json'),
      '--set',
      'hidden=8',
      '--set',
      'dim=8',
      '--out',
      scratch(),
      '--json',
    ]);
    expect(onward.stderr).not.toContain('failed');
    expect(decodeRows(onward.stdout, 'stdout')[0]).toMatchObject({
      encoder: expect.stringMatching(/^model\.json@[0-9a-f]{12}$/) as string,
      status: 'ok',
    });
  });
});

describe('golden', () => {
  /** The embedded file of a topic, changed, in a folder of its own. */
  const changed = (change: (file: { cases: { outputs: { total: number } }[] }) => void): string => {
    const embedded = new URL('../../testing/golden/byol.json.gz', import.meta.url);
    const file = JSON.parse(gunzipSync(readFileSync(embedded)).toString()) as Parameters<typeof change>[0];
    change(file);
    const folder = scratch();
    writeFileSync(join(folder, 'byol.json'), JSON.stringify(file));
    return folder;
  };

  it('prints a line a topic and the same for all last', async () => {
    const { code, stdout, stderr } = await run(['golden', 'embedded', '--topics', 'vicreg,byol']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^byol: \d+ passed, 0 failed\nvicreg: \d+ passed, 0 failed\nall: \d+ passed, 0 failed\n$/);
  });

  it('ends with 1 and says where, when a number is off by a thousandth', async () => {
    const { code, stdout, stderr } = await run([
      'golden',
      changed(({ cases }) => {
        cases[0].outputs.total *= 1.001;
      }),
    ]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^byol: \d+ passed, 1 failed\nall: \d+ passed, 1 failed\n$/);
    expect(stderr).toMatch(/^byol case ".+" outputs\.total: got \S+, wanted \S+, error \S+ above \S+\n$/);
  });

  it('refuses a file without cases, with exit code 2', async () => {
    const { code, stdout } = await run([
      'golden',
      changed((file) => {
        file.cases = [];
      }),
    ]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

describe('diagnose', () => {
  const folder = scratch();
  const stream = rootStream(1).fork('diagnose');
  const csv = (name: string, row: (i: number) => readonly (number | string)[]): string => {
    const path = join(folder, name);
    writeFileSync(path, Array.from({ length: 100 }, (_, i) => row(i).join(',')).join('\n'));
    return path;
  };
  const gaussian = Array.from({ length: 100 }, () => Array.from({ length: 8 }, () => stream.normal()));

  it('finds spread embeddings healthy', async () => {
    const { code, stdout, stderr } = await run(['diagnose', csv('healthy.csv', (i) => gaussian[i])]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^verdict +healthy$/m);
    expect(stdout).toMatch(/of at most 8$/m);
  });

  it.each([
    ['type-1', (): number[] => [1, 2, 3, 4, 5, 6, 7, 8]],
    ['type-2', (i: number): number[] => gaussian[i].map((_, j) => gaussian[i][0] * (j + 1))],
    ['diverged', (i: number): number[] => [NaN, ...gaussian[i]]],
  ] as const)('finds %s, with exit code 1', async (verdict, row) => {
    const { code, stdout } = await run(['diagnose', '--json', csv(`${verdict}.csv`, row)]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ verdict, knn: null });
  });

  it('uses labels', async () => {
    const labelled = csv('labelled.csv', (i) => [
      i % 4 < 2 ? 'a' : 'b',
      ...gaussian[i].map((x, j) => 0.3 * x + (i % 4 < 2 && j === 0 ? 5 : 0)),
    ]);
    const { stdout } = await run(['diagnose', labelled, '--label-column', '1', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      classes: ['a', 'b'],
      dimensions: 8,
      knn: expect.toSatisfy((knn: number) => knn > 90) as number,
    });
  });
});

describe('bench kernels', () => {
  it('times what agrees with its reference, as rows and as files', async () => {
    const out = scratch();
    const { code, stdout } = await run(['bench', 'kernels', '--profile', 'smoke', '--json', '--out', out]);
    expect(code).toBe(0);
    const rows = decodeRows(stdout, 'stdout');
    expect(new Set(rows.map((row) => row.kernel))).toEqual(new Set(['vicreg-covariance', 'barlow-twins', 'sinkhorn']));
    for (const row of rows)
      expect(row).toMatchObject({ kind: 'kernel', status: 'ok', leakedTensors: 0, leakedBytes: 0 });
    expect(readFileSync(join(out, 'kernels.jsonl'), 'utf8')).toBe(stdout);
    expect(readdirSync(out).sort()).toEqual(['kernels.csv', 'kernels.jsonl', 'kernels.md']);
  });
});

describe('bench training', () => {
  it('times steps that agree with their float64 definitions, as rows and as files', async () => {
    const out = scratch();
    const { code, stdout } = await run(['bench', 'training', '--profile', 'smoke', '--json', '--out', out]);
    expect(code).toBe(0);
    const rows = decodeRows(stdout, 'stdout');
    expect(rows.map((row) => [row.kind, row.step, row.implementation])).toEqual([
      ['step', 'convnet', 'trainers'],
      ['step', 'vit', 'trainers'],
      ['step', 'vicreg-end-to-end', 'trainers'],
    ]);
    for (const row of rows) {
      expect(row).toMatchObject({ status: 'ok', leakedTensors: 0, leakedBytes: 0 });
      for (const figure of ['ms', 'imagesPerSecond', 'gflops', 'shareOfCeiling', 'allocatedBytes', 'launches', 'error'])
        expect(row[figure], figure).toBeGreaterThan(0);
    }
    expect(readFileSync(join(out, 'training.jsonl'), 'utf8')).toBe(stdout);
    expect(readFileSync(join(out, 'training.md'), 'utf8')).toContain('Training steps · node · wasm');
    expect(readdirSync(out).sort()).toEqual(['training.csv', 'training.jsonl', 'training.md']);
  });
});

describe('bench kernels --peers', () => {
  const JEMBENCH_PYTHON = fileURLToPath(new URL('./fixtures/fake-python.mjs', import.meta.url));
  const args = ['bench', 'kernels', '--profile', 'smoke', '--peers', 'pytorch'];

  it('times a peer in the same rounds, and the tables say how many times as long it takes', async () => {
    const out = scratch();
    const { code, stdout } = await run([...args, '--out', out], { JEMBENCH_PYTHON });
    expect(code).toBe(0);
    expect(stdout).toMatch(/leaked +pytorch ÷ this +status/);
    const rows = decodeRows(readFileSync(join(out, 'kernels.jsonl'), 'utf8'), 'kernels.jsonl');
    const ratios = rows.filter((row) => row.kind === 'kernel' && row.ratios !== undefined);
    expect(ratios).toHaveLength(4);
    expect(rows.filter(({ host }) => host === 'peer').map(({ status }) => status)).toEqual([
      ...['skipped', 'skipped', 'skipped', 'skipped', 'ok'],
    ]);
  });

  it('fails where the peer crashes, and leaves no process', async () => {
    const FAKE_PEER_PID = join(scratch(), 'pid');
    const { code, stdout } = await run(args, { JEMBENCH_PYTHON, FAKE_PEER: 'crashes', FAKE_PEER_PID });
    expect(code).toBe(1);
    expect(stdout).toContain('failed: peer pytorch: ended with signal SIGSEGV');
    expect(() => process.kill(Number(readFileSync(FAKE_PEER_PID, 'utf8')), 0)).toThrow('ESRCH');
  });

  it('stops at Ctrl-C in the middle of a peer that hangs, and leaves no process', async () => {
    const FAKE_PEER_PID = join(scratch(), 'pid');
    const running = start(args, { JEMBENCH_PYTHON, FAKE_PEER: 'hangs', FAKE_PEER_PID });
    while (!existsSync(`${FAKE_PEER_PID}.hangs`)) await sleep(100);
    process.kill(-(running.process.pid ?? 0), 'SIGINT');
    expect((await running.ended).code).toBe(130);
    expect(() => process.kill(Number(readFileSync(FAKE_PEER_PID, 'utf8')), 0)).toThrow('ESRCH');
  });

  it('says in one line how to get what is missing, and writes nothing', async () => {
    const out = join(scratch(), 'out');
    const missing = { JEMBENCH_PYTHON, FAKE_PEER: 'missing' };
    const { code, stdout, stderr } = await run([...args, '--out', out], missing);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^jembench: --peers pytorch: .*got no torch, .*pip install torch.*JEMBENCH_PYTHON=.*\n$/);
    expect(existsSync(out)).toBe(false);
  });

  it.each([
    ['--peers', 'pytorhc', 'did you mean pytorch'],
    ['--peer-limit', '0', '--peer-limit: number'],
    ['--host', 'browser', '--peers: hosts and backends'],
    ['--backend', 'wasm,cpu', '--peers: hosts and backends'],
  ])('refuses %s %s', async (option, value, told) => {
    const { code, stderr } = await run([...args, option, value], { JEMBENCH_PYTHON });
    expect(code).toBe(2);
    expect(stderr).toContain(told);
  });
});

describe('report', () => {
  it('makes the tables again, in every format', async () => {
    const folder = scratch();
    const rows = [trainingRow(), trainingRow({ seed: 2, knn: 62 })];
    writeFileSync(join(folder, 'rows.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    expect((await run(['report', folder])).stdout).toMatch(/vicreg +convnet +2 +61\.0 ± 12\.7/);
    expect((await run(['report', folder, '--format', 'markdown'])).stdout).toContain('| vicreg | convnet |');
    expect((await run(['report', folder, '--format', 'csv'])).stdout).toMatch(/^method,control,dataset/);
    const { stdout } = await run(['report', folder, '--json']);
    expect(decodeRows(stdout, 'stdout')).toEqual(rows);
  });
});

describe('doctor', () => {
  it('says what runs and, for what does not, why and what to do', async () => {
    const { code, stdout } = await run(['doctor', '--json']);
    expect(code).toBe(0);
    const found = JSON.parse(stdout) as {
      backends: { name: string; available: boolean; reason: string; advice: string }[];
    };
    expect(found).toMatchObject({
      node: process.versions.node,
      tfjs: '4.22.0',
      build: expect.stringMatching(/^wasm-simd\+jembench-(relaxed|simd)@/) as string,
    });
    // Native TensorFlow is there where somebody set it up.
    const running = found.backends.filter(({ available, name }) => available && name !== 'tensorflow');
    expect(running.map(({ name }) => name)).toEqual(['wasm', 'cpu']);
    for (const { available, reason, advice } of found.backends) {
      expect(reason).not.toBe('');
      if (!available) expect(advice).not.toBe('');
    }
    expect((await run(['doctor'])).stdout).toMatch(/^webgpu +does not run: .+; .+$/m);
  });
});
