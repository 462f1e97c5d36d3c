import { describe, expect, it } from 'vitest';
import type { Row } from '@jembench/harness';
import { kernelRow, trainingRow } from '../fixtures/rows.js';
import { checksOf } from './checks.js';

const margin = { usual: 15, data2vec: 5 };
const random = trainingRow({ method: 'random', knn: 45, verdict: 'type-2' });
const results = (...rows: Row[]): Record<string, boolean> =>
  Object.fromEntries(checksOf(rows, margin).map(({ name, passed }) => [name, passed]));

describe('checks', () => {
  it('ask of a method that it has not collapsed and is above the random encoder of its kind and seed', () => {
    expect(results(trainingRow({ knn: 60 }), random)).toEqual({
      'vicreg seed 1: has not collapsed': true,
      'vicreg seed 1: kNN above the random encoder by 15 points': true,
    });
    expect(
      results(trainingRow({ knn: 59.9 }), random)['vicreg seed 1: kNN above the random encoder by 15 points'],
    ).toBe(false);
    expect(results(trainingRow({ verdict: 'type-1' }))).toEqual({ 'vicreg seed 1: has not collapsed': false });
    expect(results(trainingRow({ verdict: 'diverged', knn: null }), random)).toEqual({
      'vicreg seed 1: has not collapsed': false,
      'vicreg seed 1: kNN above the random encoder by 15 points': false,
    });
  });

  it('compare with the same encoder, seed and data only', () => {
    for (const other of [{ encoder: 'vit' }, { seed: 2 }, { datasetChecksum: 'd' }]) {
      expect(Object.keys(results(trainingRow({ knn: 1 }), { ...random, ...other }))).toEqual([
        'vicreg seed 1: has not collapsed',
      ]);
    }
  });

  it('hold a browser to the weights of Node, on the same build', () => {
    const name = 'vicreg seed 1, browser: the same weights in the browser as in Node';
    const inBrowser = trainingRow({ host: 'browser' });
    expect(results(trainingRow(), inBrowser)[name]).toBe(true);
    expect(results(trainingRow(), { ...inBrowser, weightsHash: 'dead' })[name]).toBe(false);
    expect(results(trainingRow({ build: 'another' }), inBrowser)).not.toHaveProperty([name]);
    expect(results(trainingRow({ seed: 2 }), inBrowser)).not.toHaveProperty([name]);
  });

  it('give Data2Vec its own margin, and other data sets none', () => {
    const slow = trainingRow({ method: 'data2vec', knn: 50 });
    expect(results(slow, random)['data2vec seed 1: kNN above the random encoder by 5 points']).toBe(true);
    const cifar = { dataset: 'cifar10' };
    expect(
      results(trainingRow({ knn: 45.1, ...cifar }), { ...random, ...cifar })[
        'vicreg seed 1: kNN above the random encoder'
      ],
    ).toBe(true);
    expect(
      results(trainingRow({ knn: 45, ...cifar }), { ...random, ...cifar })[
        'vicreg seed 1: kNN above the random encoder'
      ],
    ).toBe(false);
  });

  it('ask nothing of reference rows', () => {
    expect(results(random, trainingRow({ method: 'raw-pixels', verdict: 'type-2' }))).toEqual({});
  });

  it('ask of runs that are too short to be judged that they stay finite', () => {
    const short = (row: Row) => checksOf([row, random], null).map(({ name, passed }) => ({ name, passed }));
    const name = 'vicreg seed 1: stays finite';
    expect(short(trainingRow({ knn: 1, verdict: 'type-1' }))).toEqual([{ name, passed: true }]);
    expect(short(trainingRow({ knn: null, verdict: 'diverged' }))).toEqual([{ name, passed: false }]);
  });

  it('fail for a run that failed', () => {
    const [check] = checksOf([trainingRow({ status: 'failed', reason: 'out of memory' })], margin);
    expect(check).toEqual({ name: 'vicreg seed 1: runs to its end', passed: false, found: 'failed: out of memory' });
  });

  it('want the controls to collapse, on every seed', () => {
    const name = 'vicreg (no variance term): collapses to a point (type 1), as it should';
    const collapsed = trainingRow({ control: 'no variance term', verdict: 'type-1' });
    expect(results(collapsed, { ...collapsed, seed: 2 })).toEqual({ [name]: true });
    expect(results(collapsed, { ...collapsed, seed: 2, verdict: 'healthy' })).toEqual({ [name]: false });
    expect(results({ ...collapsed, verdict: 'type-2' })).toEqual({ [name]: false });
    const stopped = trainingRow({ method: 'simsiam', control: 'no stop-gradient', verdict: 'type-1' });
    expect(results(stopped)).toEqual({
      'simsiam (no stop-gradient): collapses to a point (type 1), as it should': true,
    });
  });

  it('want a loss without covariance term to use less than half the directions', () => {
    const ranks = (effectiveRank: number) => ({ effectiveRank, rankCap: 100 });
    const broken = trainingRow({ control: 'no covariance term', verdict: 'type-2', ...ranks(10) });
    const name = 'vicreg (no covariance term): loses directions against the full loss (type 2), as it should';
    expect(results(broken, trainingRow(ranks(21)))[name]).toBe(true);
    expect(results(broken, trainingRow(ranks(19)))[name]).toBe(false);
    expect(results(broken)[name]).toBe(false);
  });

  it('want kernels that agree and leave nothing behind', () => {
    const names = ['kernels: agree with their float64 references', 'kernels: leave nothing behind'];
    expect(results(kernelRow())).toEqual({ [names[0]]: true, [names[1]]: true });
    expect(results(kernelRow({ status: 'failed', reason: 'y' }))[names[0]]).toBe(false);
    expect(results(kernelRow({ leakedTensors: 1 }))[names[1]]).toBe(false);
    expect(results(kernelRow({ status: 'skipped', reason: 'too wide' }))[names[0]]).toBe(true);
  });
});
