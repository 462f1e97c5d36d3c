import { describe, expect, it } from 'vitest';
import { rootStream } from '@jembench/core';
import { gaussian, mapped } from '../fixtures.js';
import { matrixOfRows } from '../matrix/matrix.js';
import { kMeans } from './k-means.js';
import { nmi } from './scores.js';

const stream = rootStream(1).fork('k-means');

describe('kMeans', () => {
  it('finds two pairs of points, their means and the distances left', () => {
    const x = matrixOfRows([[0], [2], [10], [12]]);
    const { assignments, centres, inertia, converged } = kMeans(x, { clusters: 2, stream });
    expect(assignments[0]).toBe(assignments[1]);
    expect(assignments[2]).toBe(assignments[3]);
    expect([...centres.data].sort((a, b) => a - b)).toEqual([1, 11]);
    expect(inertia).toBeCloseTo(4, 12);
    expect(converged).toBe(true);
  });

  it('recovers clouds that are far apart', () => {
    const labels = Int32Array.from({ length: 200 }, (_, i) => i % 8);
    const x = mapped(gaussian(200, 12), (v, i, j) => v + (j === labels[i] ? 30 : 0));
    expect(nmi(kMeans(x, { clusters: 8, stream }).assignments, labels)).toBe(1);
  });

  it('is the same for the same stream', () => {
    const x = gaussian(100, 5);
    expect(kMeans(x, { clusters: 6, stream })).toEqual(kMeans(x, { clusters: 6, stream }));
  });

  it('has every cluster in use, also with fewer different rows than clusters', () => {
    const x = matrixOfRows([[1], [1], [1], [1], [2]]);
    const { assignments, centres, inertia } = kMeans(x, { clusters: 4, stream });
    expect(centres.data.every(Number.isFinite)).toBe(true);
    expect(inertia).toBe(0);
    expect(assignments[4]).not.toBe(assignments[0]);
  });

  it('puts all in one cluster, or each in its own', () => {
    const x = gaussian(6, 3);
    expect(new Set(kMeans(x, { clusters: 1, stream }).assignments)).toEqual(new Set([0]));
    expect(new Set(kMeans(x, { clusters: 6, stream }).assignments).size).toBe(6);
  });

  it('refuses more clusters than rows', () => {
    expect(() => kMeans(gaussian(3, 2), { clusters: 4, stream })).toThrow(
      'clusters, got 4, wanted an integer from 1 to 3',
    );
  });
});
