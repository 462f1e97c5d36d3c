import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rootStream } from '@jembench/core';
import { encodeRow, type CalibrationLine } from '@jembench/harness';
import { gateCommand } from '../commands/gate.js';
import { inProcess } from '../fixtures/in-process.js';
import { kernelRow, trainingRow } from '../fixtures/rows.js';
import { simulatedSides } from '../fixtures/sides.js';
import { CalibrationFile } from './file.js';
import { calibrated } from './measure.js';
import { calibrationLines, calibrationRows } from './rates.js';
import { scratch } from '../fixtures/scratch.js';

const effort = { sizes: 'smoke', pairs: 8, blocks: 12, blockMs: 50, seeds: 8, mostSeeds: 16 } as const;
const setup = { commit: 'abc', fingerprint: trainingRow().fingerprint, profile: 'pr', seed: 1 };
const path = (): string => join(scratch(), 'calibration.jsonl');
const benchmarks = ['a', 'b', 'c', 'training step vicreg'];
const random = () => rootStream(1).fork('calibration');

/** Measures until everything is there, or `steps` times were asked whether the time is over. */
async function measure(file: CalibrationFile, { verdicts = 4, steps = Infinity, code = {} } = {}) {
  const shares: Readonly<Record<string, number>>[] = [];
  const sides = simulatedSides({ head: { benchmarks, ...code }, base: { benchmarks, ...code } });
  const { family } = await calibrated({
    ...{ roots: { head: 'head', base: 'base' }, effort, verdicts, file, random: random(), start: sides },
    setting: { sizes: 'smoke', backend: 'wasm', clock: null },
    over: () => steps-- <= 0,
    progress: (share) => shares.push(share),
  });
  return { family, shares };
}
const rates = (file: CalibrationFile, verdicts = 4): CalibrationLine[] =>
  calibrationLines({ file, effort, verdicts, family: benchmarks.length, random: random().fork('drawn') });
const found = (lines: readonly CalibrationLine[], about: string, injected: string) =>
  lines.find((line) => line.about === about && line.injected === injected);

describe('a calibration', () => {
  it('measures until every class has its verdicts, and says how far it is', async () => {
    const file = CalibrationFile.open(path(), setup);
    const { family, shares } = await measure(file);
    expect(family).toBe(4);
    expect(shares[0]).toEqual({ kernels: 0, 'training steps': 0, accuracy: 0 });
    expect(shares.at(-1)).toEqual({ kernels: 1, 'training steps': 1, accuracy: 1 });
    const lines = rates(file);
    expect(found(lines, 'training steps', 'nothing')?.failed).toMatchObject({
      verdicts: 4,
      live: 4,
      rate: { estimate: 0 },
    });
    for (const injected of ['+10 %', '+20 %'])
      expect(found(lines, 'training steps', injected)?.failed.rate.estimate, injected).toBe(1);
    expect(found(lines, 'accuracy', '-3 points')?.failed.rate.estimate).toBe(1);
    expect(found(lines, 'accuracy', 'nothing')?.notPassed.rate.estimate).toBe(0);
    expect(found(lines, 'collapse, a seed', 'no variance term')?.failed.rate.estimate).toBe(1);
    expect(found(lines, 'launches, bytes and leaks', 'nothing')?.failed.rate.estimate).toBe(0);
    expect(found(lines, 'timings of a whole gate', 'nothing')?.failed.rate.estimate).toBe(0);
  });

  it('slows every kernel by one share while it is timed, all shares among the kernels, and the training step by all', async () => {
    const file = CalibrationFile.open(path(), setup);
    await measure(file, { verdicts: 1 });
    const shares = (benchmark: string) =>
      [
        ...new Set(file.timings.filter((record) => record.benchmark === benchmark).map(({ injected }) => injected)),
      ].sort();
    expect(shares('training step vicreg')).toEqual([0, 0.05, 0.1, 0.2]);
    expect(['a', 'b', 'c'].map(shares).every((own) => own.length === 2 && own[0] === 0)).toBe(true);
    expect(new Set(['a', 'b', 'c'].flatMap(shares)).size).toBe(4);
  });

  it('goes on where it was stopped, at any record, to as many records and none twice', async () => {
    const at = path();
    await measure(CalibrationFile.open(at, setup));
    const whole = readFileSync(at, 'utf8');
    const wanted = CalibrationFile.open(at, setup);
    for (const part of [0.1, 0.37, 0.8]) {
      // kill -9 in the middle of a write leaves a piece of a record.
      const cut = path();
      writeFileSync(cut, whole.slice(0, Math.floor(part * whole.length)));
      const file = CalibrationFile.open(cut, setup);
      const before = file.timings.length;
      await measure(file);
      expect(file.timings.length).toBeGreaterThan(before);
      const again = CalibrationFile.open(cut, setup);
      const keys = again.timings.map(({ pair, benchmark, injected }) => `${pair} ${benchmark} ${injected}`);
      expect(new Set(keys).size).toBe(keys.length);
      expect(again.timings).toEqual(file.timings);
      expect(again.seeds.map(({ seed }) => seed)).toEqual(again.seeds.map((_, i) => i + 1));
      expect(again.seeds.length).toBe(wanted.seeds.length);
    }
  });

  it('stops when its time is over, and draws the verdicts that are missing, whose intervals stay wide', async () => {
    const file = CalibrationFile.open(path(), setup);
    await measure(file, { verdicts: 100, steps: 900 });
    const line = found(rates(file, 100), 'kernels', 'nothing');
    const { live, verdicts, rate } = line?.failed ?? { live: 0, verdicts: 0, rate: { high: 0 } };
    expect(verdicts).toBeGreaterThanOrEqual(100);
    expect(live).toBeGreaterThan(2);
    expect(live).toBeLessThan(100);
    expect(rate.high).toBeGreaterThan(1 - 0.025 ** (1 / live) - 1e-9);
  });

  it('shows a gate that cannot see a slowdown', async () => {
    const file = CalibrationFile.open(path(), setup);
    await measure(file, { code: { slows: false } });
    expect(found(rates(file), 'training steps', '+10 %')?.failed.rate.estimate).toBe(0);
  });

  it('writes rows that the schema takes', async () => {
    const file = CalibrationFile.open(path(), setup);
    await measure(file);
    const { schema, host, backend, build, threads, fingerprint } = trainingRow();
    const context = { schema, host, backend, build, threads, fingerprint, command: 'x', commit: 'abc' };
    const rows = calibrationRows(rates(file), context);
    expect(rows.length).toBeGreaterThan(12);
    expect(() => rows.map(encodeRow)).not.toThrow();
  });

  it('has no line for what was not measured', () => {
    expect(rates(CalibrationFile.open(path(), setup))).toEqual([]);
  });
});

describe('the records of a calibration', () => {
  const timing = { schema: 1, type: 'timing', pair: 0, benchmark: 'a', injected: 0, ratio: 0.01, moved: [] };
  const begun = (...records: readonly object[]): string => {
    const at = path();
    CalibrationFile.open(at, setup);
    for (const record of records) appendFileSync(at, `\n${JSON.stringify(record)}\n`);
    return at;
  };

  it.each<[what: string, at: () => string, says: string]>([
    ['another schema', () => begun({ ...timing, schema: 2 }), 'schema, got 2, wanted 1'],
    ['a number that is none', () => begun({ ...timing, ratio: NaN }), 'ratio'],
    ['rows of something else', () => begun(kernelRow()), 'type'],
    ['damage', () => (appendFileSync(begun(), 'x'), corrupt(begun(timing))), 'record, got a damaged line'],
  ])('with %s are refused', (_, at, says) => {
    expect(() => CalibrationFile.open(at(), setup)).toThrow(says);
  });

  it.each([
    [{ commit: 'def' }, 'commit, got abc, wanted def'],
    [{ profile: 'nightly' }, 'profile, got pr, wanted nightly'],
    [{ seed: 2 }, 'seed, got 1, wanted 2'],
    [{ fingerprint: { ...setup.fingerprint, cores: 64 } }, 'cores, got'],
  ])('of another %j are refused', (other, says) => {
    const at = begun(timing);
    expect(() => CalibrationFile.open(at, { ...setup, ...other })).toThrow(says);
  });

  it('of nothing, and of half a first record, begin', () => {
    const empty = path();
    writeFileSync(empty, '');
    expect(CalibrationFile.open(empty, setup).timings).toEqual([]);
    writeFileSync(empty, '\n{"schema":1,"type":"se');
    CalibrationFile.open(empty, setup);
    expect(CalibrationFile.open(empty, setup).timings).toEqual([]);
  });

  function corrupt(at: string): string {
    const lines = readFileSync(at, 'utf8').split('\n');
    const damaged = lines.findIndex((line) => line !== '');
    writeFileSync(at, lines.map((line, i) => (i === damaged ? line.slice(0, 20) : line)).join('\n'));
    return at;
  }
});

describe('jembench gate', () => {
  it.each([
    [['--calibrate', '--base', 'main'], '--base: got one with --calibrate'],
    [['--calibrate', '--verdicts', '0'], '--verdicts: whole number, got "0"'],
    [['--calibrate', '--budget', 'NaN'], '--budget: number, got "NaN"'],
    [['--calibrate', '--profile', 'prr'], 'did you mean pr?'],
    [[], '--base: got none'],
  ])('%j is told in one line, with exit code 2', async (args, says) => {
    const { code, stdout, stderr } = await inProcess(gateCommand, ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(says);
  });
});
