import { describe, expect, it } from 'vitest';
import { gaussian, mapped } from '../fixtures.js';
import { matrixOfRows } from '../matrix/matrix.js';
import { lidar } from './lidar.js';

/** Samples at the corners of a square, each seen twice, `noise` apart along both axes. */
const square = (noise: number) =>
  matrixOfRows(
    [
      [1, 1],
      [1, -1],
      [-1, 1],
      [-1, -1],
    ].flatMap(([x, y]) => [
      [x + noise, y + noise],
      [x - noise, y - noise],
    ]),
  );

describe('lidar', () => {
  it('is 2 for the corners of a square', () => {
    const { lidar: value, eigenvalues, rankCap } = lidar(square(0), 2, { delta: 0.5 });
    expect(value).toBeCloseTo(2, 6);
    // Scatter of the corners: 1 along each axis; within: delta only.
    expect(eigenvalues[0]).toBeCloseTo(2, 14);
    expect(eigenvalues[1]).toBeCloseTo(2, 14);
    expect(rankCap).toBe(2);
  });

  it('discounts the direction in which augmentations differ', () => {
    // Noise along (1, 1) only: that direction keeps 1 / (2 noise^2 + delta) of the scatter, the other 1 / delta.
    const { eigenvalues, lidar: value } = lidar(square(0.5), 2, { delta: 0.01 });
    expect(eigenvalues[0]).toBeCloseTo(100, 10);
    expect(eigenvalues[1]).toBeCloseTo(1 / 0.51, 12);
    expect(value).toBeLessThan(1.2);
  });

  it('uses n - 1 and n (q - 1) when unbiased', () => {
    const { eigenvalues } = lidar(square(0.5), 2, { delta: 0.01, divisors: 'unbiased' });
    expect(eigenvalues[0]).toBeCloseTo(100 * (4 / 3), 9);
    expect(eigenvalues[1]).toBeCloseTo(4 / 3 / 1.01, 12);
  });

  it('has a cap of n - 1', () => {
    const result = lidar(gaussian(12, 30), 4);
    expect(result.rankCap).toBe(2);
    expect(result.lidar).toBeLessThan(2.001);
  });

  it('is not defined when all samples have one mean', () => {
    const z = mapped(gaussian(10, 3), (x, i, j) => (i % 2 === 0 ? 1 : -1) * (j + 1) + 0 * x);
    expect(lidar(z, 2).lidar).toBeNull();
  });

  it('refuses rows that are not n times q, and one sample', () => {
    expect(() => lidar(gaussian(7, 3), 2)).toThrow('lidar: z, got 7 rows for q=2');
    expect(() => lidar(gaussian(4, 3), 4)).toThrow('wanted n * q rows with n >= 2');
    expect(() => lidar(gaussian(4, 3), 2, { delta: 0 })).toThrow('wanted delta > 0');
  });
});
