import { describe, expect, it } from 'vitest';
import { rootStream } from '@jembench/core';
import { context, kernelRow, trainingRow } from '../fixtures/rows.js';
import { decodeNight, machineKey, nightsOf } from './night.js';
import { seriesChanges, seriesOf } from './series.js';

const time = '2026-01-01T00:00:00.000Z';
const fingerprint = (fields: object) => ({ fingerprint: { ...context.fingerprint, ...fields } });

describe('a night', () => {
  it('has one figure a configuration, a mean over its seeds', () => {
    const [night, ...rest] = nightsOf([trainingRow({ knn: 50 }), trainingRow({ seed: 2, knn: 52 }), kernelRow()], time);
    expect(rest).toEqual([]);
    const short = night.figures.map(({ measure, value, n }) => `${measure} ${value} ${n}`);
    expect(short).toEqual(expect.arrayContaining(['knn 51 2', 'ms 1.5 1']));
    expect(night).toMatchObject({ commit: 'abc', time, failed: [] });
  });

  it('comes back as it was written, and only so', () => {
    const [night] = nightsOf([kernelRow()], time);
    const text = JSON.stringify(night);
    expect(decodeNight(JSON.parse(text), 'x:1')).toEqual(night);
    expect(() => decodeNight(JSON.parse(text.replace('1.5', '1.6')), 'x:1')).toThrow(
      'x:1: id, got one that its content',
    );
    expect(() => decodeNight({ ...night, schema: 2 }, 'x:1')).toThrow('x:1: schema, got 2, wanted 1');
    expect(() => decodeNight({ ...night, figures: [] }, 'x:1')).toThrow('x:1: figures');
  });

  it('is one a machine: another build is the same machine, another Node is not', () => {
    const other = kernelRow(fingerprint({ runtime: 'node 24' }));
    expect(nightsOf([kernelRow(), other], time)).toHaveLength(2);
    expect(machineKey(context.fingerprint)).toBe(machineKey({ ...context.fingerprint, build: 'newer' }));
    expect(() => nightsOf([kernelRow(), kernelRow(fingerprint({ build: 'newer' }))], time)).toThrow(
      'build, got test-build and newer in one night',
    );
  });

  it('refuses rows of several commits, a measurement twice, and nothing at all', () => {
    expect(() => nightsOf([kernelRow(), kernelRow({ commit: 'def' })], time)).toThrow('commit, got abc, def');
    expect(() => nightsOf([kernelRow(), kernelRow()], time)).toThrow('ms, got it twice');
    const failed = kernelRow({ status: 'failed', reason: 'boom', ms: null, low: null, high: null });
    expect(() => nightsOf([failed], time)).toThrow('figures, got none');
    expect(nightsOf([failed, trainingRow()], time)[0].failed).toEqual([
      'sinkhorn forward N=64 K=3000 composed node wasm: boom',
    ]);
  });
});

describe('a series', () => {
  const nights = Array.from({ length: 40 }, (_, i) => {
    const ms = (i < 20 ? 10 : 12) + 0.01 * (i % 3);
    const knn = i < 30 ? 50 : 47;
    const rows = [kernelRow({ ms, low: ms, high: ms }), trainingRow({ knn })];
    return nightsOf(
      rows.map((row) => ({ ...row, commit: `c${i}` })),
      new Date(Date.UTC(2026, 0, i + 1)).toISOString(),
    )[0];
  });
  const found = (which: string) =>
    seriesOf([...nights].reverse())
      .filter(({ measure }) => measure === which)
      .flatMap((series) => seriesChanges(series, rootStream(0).fork(series.key)));

  it('names the commits among which a change is, whatever the order of the lines', () => {
    expect(found('ms')).toMatchObject([{ index: 20, verdict: 'worse', commits: 'c19..c20' }]);
    expect(found('knn')).toMatchObject([{ index: 30, verdict: 'worse', effect: -3, commits: 'c29..c30' }]);
    expect(found('linear')).toEqual([]);
  });
});
