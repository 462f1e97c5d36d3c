/** Pages in a real browser; where there is none, everything here is skipped, and the reason is said. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { BackendName } from '@jembench/core';
import { decodeRows, type Row, type TrainingRow } from '@jembench/harness';
import { ensureBuilt, run } from './fixtures/cli.js';
import { browserFinding } from './hosts/browser/find.js';
import { noExchange } from './hosts/browser/exchange.js';
import { browserHost } from './hosts/browser/host.js';
import { serveSite } from './hosts/browser/server.js';
import type { Finding } from './jobs/job.js';
import { scratch } from './fixtures/scratch.js';

vi.setConfig({ testTimeout: 240_000 });

const { found, problem } = browserFinding('chromium');
if (found === null) console.warn(`SKIPPED: everything that needs a browser: ${problem}`);

const training = (out: string, ...more: string[]): string[] => [
  ...['suite', '--profile', 'smoke', '--no-kernels', '--json', '--out', out, '--train', '64', '--test', '32'],
  ...['--batch', '16', '--set', 'hidden=8', '--set', 'dim=8', ...more],
];

const rowsOf = (stdout: string): Row[] => decodeRows(stdout, 'stdout');

beforeAll(ensureBuilt, 180_000);

describe('the server of the page', () => {
  const folder = scratch();
  writeFileSync(join(folder, 'index.html'), 'page');

  const ask = (
    origin: string,
    path: string,
    options: { method?: string; headers?: Record<string, string> } = {},
  ): Promise<{ status?: number; headers: Record<string, unknown> }> =>
    new Promise((resolve, reject) => {
      // Unlike fetch this sends a path as it is.
      request(`${origin}/`, { path, ...options }, (response) => {
        response.resume();
        resolve({ status: response.statusCode, headers: response.headers });
      })
        .on('error', reject)
        .end();
    });

  it('gives its files with isolation, and nothing outside its folder', async () => {
    const server = await serveSite(folder, noExchange);
    const { status, headers } = await ask(server.origin, '/');
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'content-security-policy': expect.stringContaining("default-src 'none'") as string,
    });
    const outside = ['/../package.json', '/%2e%2e/package.json', '/..%2fpackage.json', '//etc/passwd', '/nothing.js'];
    for (const path of outside) expect((await ask(server.origin, path)).status).toBe(404);
    await server.close();
  });

  it('answers its own page only, and lets nobody write but where it may', async () => {
    const server = await serveSite(folder, noExchange);
    expect((await ask(server.origin, '/', { headers: { Host: 'elsewhere.example' } })).status).toBe(403);
    expect((await ask(server.origin, '/', { headers: { Origin: 'http://elsewhere.example' } })).status).toBe(403);
    expect((await ask(server.origin, '/index.html', { method: 'PUT' })).status).toBe(405);
    expect((await ask(server.origin, '/job/anything', { method: 'PUT' })).status).toBe(404);
    await server.close();
  });

  it('takes a port that is free, whatever others have taken', async () => {
    const servers = await Promise.all([serveSite(folder, noExchange), serveSite(folder, noExchange)]);
    expect(servers[0].origin).not.toBe(servers[1].origin);
    for (const server of servers) await server.close();
  });
});

describe('without a browser', () => {
  const missing = { PATH: '', PLAYWRIGHT_BROWSERS_PATH: join(tmpdir(), 'jembench-no-browsers') };

  it('a suite says so and does the part of Node', async () => {
    const { code, stdout, stderr } = await run(training(scratch(), '--methods', 'simsiam'), missing);
    expect(stderr).toMatch(/^skipped: the browser; browser: chromium, got none, wanted one; run ".+", or install/m);
    expect(rowsOf(stdout).map(({ host, status }) => [host, status])).toEqual([['node', 'ok']]);
    expect(code).toBe(0);
  });

  it('one that was asked for is a failure, and the part of Node is kept', async () => {
    const args = training(scratch(), '--methods', 'simsiam', '--host', 'node,browser');
    const { code, stdout } = await run(args, missing);
    const rows = rowsOf(stdout);
    expect(rows.map(({ host, status }) => [host, status])).toEqual([
      ['node', 'ok'],
      ['browser', 'failed'],
    ]);
    expect(rows[1].reason).toContain('browser: chromium, got none');
    expect(code).toBe(1);
  });
});

describe.skipIf(process.platform === 'win32')('a data set that is not there', () => {
  /** A "browser" that leaves a file behind when it is started. */
  function trap(): { path: string; sprung: () => boolean } {
    const folder = scratch();
    const [path, mark] = [join(folder, 'browser'), join(folder, 'started')];
    writeFileSync(path, `#!/bin/sh\ntouch "${mark}"\nexit 1\n`, { mode: 0o755 });
    return { path, sprung: () => existsSync(mark) };
  }

  it('is told in one line before a browser starts', async () => {
    const { path, sprung } = trap();
    const nowhere = ['--dataset', 'mnist', '--data-dir', join(tmpdir(), 'jembench-no-data')];
    const { code, stdout, stderr } = await run(
      training(scratch(), '--methods', 'simsiam', '--browser', path, '--host', 'browser', ...nowhere),
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^jembench: [^\n]*jembench-no-data[^\n]*\n$/);
    expect(sprung()).toBe(false);
  });

  it('unlike one that is', async () => {
    const { path, sprung } = trap();
    const { code } = await run(training(scratch(), '--methods', 'simsiam', '--browser', path, '--host', 'browser'));
    expect(code).toBe(1);
    expect(sprung()).toBe(true);
  });
});

describe.skipIf(found === null)('in a browser', () => {
  it('training comes to the same weights as in Node, two suites at once', async () => {
    const methods = ['--methods', 'vicreg,swav,simsiam', '--host', 'node,browser'];
    const suites = await Promise.all([run(training(scratch(), ...methods)), run(training(scratch(), ...methods))]);
    for (const { code, stdout, stderr } of suites) {
      expect({ code, stderr }).toMatchObject({ code: 0 });
      const rows = rowsOf(stdout) as TrainingRow[];
      const hashes = (host: string): unknown[] =>
        rows.filter((row) => row.host === host).map(({ method, weightsHash }) => [method, weightsHash]);
      expect(hashes('browser')).toEqual(hashes('node'));
      expect(hashes('browser').length).toBe(3);
      expect(rows.find((row) => row.host === 'browser')?.fingerprint).toMatchObject({
        runtime: expect.stringMatching(/^chromium \d/) as string,
        isolated: true,
      });
    }
  });

  it('kernels are timed in Node and in a page: a table compares them, rows say how soon the first timing began', async () => {
    const out = scratch();
    const { code, stdout, stderr } = await run([
      ...['bench', 'kernels', '--profile', 'smoke', '--host', 'node,browser', '--out', out],
    ]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toMatch(/wasm in the browser: \d+\.\d\d times the speed of Node \(geometric mean of \d+\)/);
    for (const host of ['node', 'browser']) {
      const rows = rowsOf(readFileSync(join(out, 'kernels.jsonl'), 'utf8')).filter((row) => row.host === host);
      const [startupMs, ...others] = new Set(rows.filter(({ status }) => status === 'ok').map((row) => row.startupMs));
      expect(others).toEqual([]);
      // Under 5 s on a machine that does nothing else; tests share theirs.
      expect(startupMs).toBeGreaterThan(100);
      expect(startupMs).toBeLessThan(60_000);
      expect(rows[0].fenceRatio).toBeGreaterThan(1.4);
    }
    expect(stderr.match(/first timing \d+\.\d s after the start/g)).toHaveLength(2);
  });

  describe('a GPU backend trains as wasm does, within what float32 rounds', () => {
    // Two steps of 8 images: a software adapter spends most of its time on compiling the programs of the first.
    const sizes = ['--epochs', '1', '--train', '16', '--batch', '8', '--test', '8'];
    const trained = async (host: string, backend: string, ...more: string[]): Promise<TrainingRow> => {
      const args = ['--methods', 'simsiam', '--host', host, '--backend', backend, ...more];
      const { stdout, stderr } = await run([...training(scratch(), ...args), ...sizes]);
      const [row] = rowsOf(stdout) as TrainingRow[];
      expect(row, stderr).toMatchObject({ status: 'ok', host, backend, fingerprint: { backend } });
      return row;
    };
    const figures = ['stdTimesSqrtD', 'effectiveRank', 'rankMe'] as const;
    const distance = (a: TrainingRow, b: TrainingRow): number =>
      Math.max(...figures.map((figure) => Math.abs(Number(a[figure]) / Number(b[figure]) - 1)));
    // Five times what was measured.
    const tolerance = 1e-5;

    let wasm: TrainingRow;
    beforeAll(async () => {
      wasm = await trained('node', 'wasm');
    });

    it.each(['webgl', 'webgpu'])('%s', async (backend) => {
      const row = await trained('browser', backend);
      expect(row.fingerprint.adapter).toBeTruthy();
      expect(row.weightsHash).not.toBe(wasm.weightsHash);
      expect(distance(row, wasm)).toBeLessThan(tolerance);
    });

    it('of which another gradient is nowhere near', async () => {
      expect(distance(await trained('node', 'wasm', '--set', 'stopGradient=false'), wasm)).toBeGreaterThan(0.01);
    });
  });

  /** What the conformance suite finds of ops in a page. */
  async function conformance(backend: BackendName, ops: readonly string[]): Promise<Finding[]> {
    const setting = { browser: 'chromium', headed: false, silenceSeconds: 120, args: [], traces: scratch() };
    const host = browserHost(setting, () => Promise.reject(new Error('no data set is needed')));
    const findings: Finding[] = [];
    const nothing = (): void => undefined;
    const end = await host.run(
      { kind: 'conformance', backend, ops, context: { command: '', commit: '' } },
      { progress: nothing, note: nothing, row: nothing, finding: (finding) => findings.push(finding) },
      new AbortController().signal,
    );
    expect(end).toEqual({ how: 'done' });
    return findings;
  }

  /** Whether the fence of a backend waits; `unfenced` is what becomes of a read that does not. */
  function expectFence(findings: readonly Finding[], unfenced: Finding['status']): void {
    const fence = findings.filter(({ op }) => op === 'fence');
    expect(fence.map(({ case: about, status, reason }) => [about, status, status === 'skipped' ? '' : reason])).toEqual(
      [
        ['twice the work', 'passed', ''],
        ['one that does not wait', unfenced, ''],
      ],
    );
  }

  describe('WebGPU', () => {
    const fused = ['covariance', 'offDiagonalPenalty', 'redundancy', 'sinkhorn'];
    let findings: readonly Finding[] = [];
    // One page for all: a software adapter takes many seconds to show that its fence waits.
    beforeAll(async () => {
      findings = await conformance('webgpu', fused);
    }, 600_000);

    it.each(fused)('passes the conformance suite of %s, by its kernels and composed', (name) => {
      const ofOp = findings.filter(({ op }) => op === name);
      expect(ofOp.filter(({ status }) => status === 'failed')).toEqual([]);
      for (const implementation of ['composed', 'webgpu']) {
        const passed = ofOp.filter((one) => one.implementation === implementation && one.status === 'passed');
        expect(passed.length).toBeGreaterThan(100);
      }
    });

    it('waits at its fence: twice the work takes longer; one that does not is refused', () => {
      expectFence(findings, 'passed');
    });
  });

  it.each([
    ['wasm', 'skipped'],
    ['webgl', 'passed'],
    ['cpu', 'skipped'],
  ] as const)('%s waits at its fence: twice the work takes longer', async (name, unfenced) => {
    expectFence(await conformance(name, ['ema']), unfenced);
  });
});
