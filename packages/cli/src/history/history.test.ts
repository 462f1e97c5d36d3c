import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { rootStream } from '@jembench/core';
import { encodeRow, nightsOf, type Night } from '@jembench/harness';
import { historyCommand } from '../commands/history.js';
import { inProcess } from '../fixtures/in-process.js';
import { kernelRow } from '../fixtures/rows.js';
import { appendNight, historyFile, readHistories } from './file.js';
import { scratch } from '../fixtures/scratch.js';

const commit = (i: number): string => i.toString(16).padStart(40, '0');
const night = (i: number, ms: number): Night =>
  nightsOf(
    [kernelRow({ ms, low: ms, high: ms, commit: commit(i) })],
    new Date(Date.UTC(2026, 0, 1 + i)).toISOString(),
  )[0];

describe('a history file', () => {
  const nights = [night(0, 10), night(1, 11), night(2, 12)];

  it('keeps nights and takes none twice', () => {
    const folder = scratch();
    expect(nights.map((one) => appendNight(folder, one))).toEqual([true, true, true]);
    expect(appendNight(folder, nights[1])).toBe(false);
    expect(readHistories(folder)).toEqual([{ file: historyFile(folder, nights[0]), nights, problems: [] }]);
  });

  it('survives a writer that is killed at any byte of its record, and says so', () => {
    const folder = scratch();
    const file = historyFile(folder, nights[0]);
    appendNight(folder, nights[0]);
    const before = readFileSync(file, 'utf8').length;
    appendNight(folder, nights[1]);
    const whole = readFileSync(file, 'utf8');
    // Every byte at both ends, every seventh between.
    for (let cut = before; cut < whole.length; cut += cut < before + 20 || cut > whole.length - 20 ? 1 : 7) {
      writeFileSync(file, whole.slice(0, cut));
      const torn = readHistories(folder)[0];
      // The empty line before the record, or the record without its line's end: nothing is lost.
      const intact = cut <= before + 1 ? 1 : cut === whole.length - 1 ? 2 : null;
      expect(torn.nights.length).toBe(intact ?? 1);
      expect(torn.problems.length).toBe(intact === null ? 1 : 0);
      expect(appendNight(folder, nights[2])).toBe(true);
      const again = readHistories(folder)[0];
      expect(again.nights.map(({ id }) => id)).toEqual([...torn.nights, nights[2]].map(({ id }) => id));
      expect(again.problems).toEqual(torn.problems);
    }
  });

  it('refuses damage within it, another version, and emptiness', () => {
    const folder = scratch();
    for (const one of nights) appendNight(folder, one);
    const file = historyFile(folder, nights[0]);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('"value":11', '"value":11.5'));
    expect(() => readHistories(folder)).toThrow(/:4: id, got one that its content does not have/);
    writeFileSync(file, text.replace('"value":11', '"value":'));
    expect(() => readHistories(folder)).toThrow(/:4: night, got a damaged line/);
    writeFileSync(file, text.replace('"schema":1', '"schema":9'));
    expect(() => readHistories(folder)).toThrow(/:2: schema, got 9, wanted 1/);
    writeFileSync(file, '\n');
    expect(() => readHistories(folder)).toThrow('nights, got none');
    expect(() => readHistories(scratch())).toThrow('history, got none');
  });
});

describe('two writers, killed at random', () => {
  it('lose nothing that they said was written', { timeout: 60_000 }, async () => {
    const folder = scratch();
    // A process of its own needs JavaScript.
    const script = join(scratch(), 'writer.mjs');
    buildSync({
      entryPoints: [fileURLToPath(new URL('../fixtures/history-writer.ts', import.meta.url))],
      outfile: script,
      ...{ bundle: true, platform: 'node', format: 'esm', conditions: ['@jembench/source'], logLevel: 'error' },
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    });
    const random = rootStream(6).fork('kill');
    const said = new Set<string>();
    const start = (first: number): ChildProcess =>
      fork(script, [folder, String(first)], { silent: true }).on('message', (id: string) => said.add(id));
    for (let round = 0; round < 4; round++) {
      const writers = [start(1000 * (2 * round + 1)), start(1000 * (2 * round + 2))];
      const saying = Promise.all(writers.map((child) => once(child, 'message')));
      await saying;
      await sleep(200 + 300 * random.uniform());
      const closed = Promise.all(writers.map((child) => once(child, 'close')));
      for (const child of writers) child.kill('SIGKILL');
      await closed;
    }
    const [{ nights }] = readHistories(folder);
    const kept = new Set(nights.map(({ id }) => id));
    expect(said.size).toBeGreaterThan(20);
    expect([...said].filter((id) => !kept.has(id))).toEqual([]);
  });
});

describe('jembench history', () => {
  const folder = scratch();
  const rows = join(folder, 'rows.jsonl');
  const add = (i: number, ms: number) => {
    writeFileSync(rows, encodeRow(kernelRow({ ms, low: ms, high: ms, commit: commit(i) })));
    const time = new Date(Date.UTC(2026, 0, 1 + i)).toISOString();
    return inProcess(historyCommand, join(folder, 'history'), '--add', rows, '--time', time);
  };

  it('appends nights, stays quiet, then names the commits and ends with 1 on the night it is sure', async () => {
    const codes: number[] = [];
    for (let i = 0; i < 30; i++) codes.push((await add(i, (i < 20 ? 10 : 12) + 0.05 * (i % 4))).code);
    expect(codes.indexOf(1)).toBe(25);
    expect(codes.filter((code) => code === 1)).toHaveLength(1);
    const { code, stdout } = await inProcess(historyCommand, join(folder, 'history'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Test CPU, node 20, wasm: 1 changes in 30 nights, 1 series\n/);
    const range = `${commit(19).slice(0, 12)}..${commit(20).slice(0, 12)}`;
    expect(stdout).toMatch(
      new RegExp(`sinkhorn .* ms +2026-01-21 +10\\.1 +12\\.\\d +\\+\\d+\\.\\d % +worse +${range} +6 nights`),
    );
    const json = await inProcess(historyCommand, join(folder, 'history'), '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      measure: 'ms',
      verdict: 'worse',
      commits: `${commit(19)}..${commit(20)}`,
    });
  });

  it('says that a night is there already', async () => {
    expect((await add(3, 10.15)).stderr).toContain('this night is there already');
  });

  it('draws every series with its change', async () => {
    const plots = join(folder, 'plots');
    await inProcess(historyCommand, join(folder, 'history'), '--plot', plots);
    const [name, ...rest] = readdirSync(plots);
    expect(rest).toEqual([]);
    const svg = readFileSync(join(plots, name), 'utf8');
    expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg.match(/<circle/g)).toHaveLength(30);
    expect(svg.match(/<g[^>]* aria-label="rule"[^>]*><line/g)).toHaveLength(1);
    expect(svg).toMatch(/>worse<\/text>/);
  });

  it.each([
    [['nowhere'], 'got no such folder'],
    [[join(folder, 'history'), '--add', rows, '--time', 'yesterday'], '--time: time, got "yesterday"'],
    [[join(folder, 'history'), '--add', join(folder, 'none.jsonl')], 'got no such file or folder'],
  ])('refuses %j with exit code 2', async (args, says) => {
    const { code, stdout, stderr } = await inProcess(historyCommand, ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(says);
  });

  it('prints what it has measured of itself', async () => {
    const { code, stdout } = await inProcess(historyCommand, '--self-test');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^8 changes, noise 2 % +10000 +80 +(7[6-9]|80) +6 nights/m);
    expect(stdout).toMatch(/^0 changes, noise 2 % +10000 +0 +0 +- +- +- +[0-5] /m);
  });
});
