import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../backends/use-backend.js';
import { tf, type Tensor2D } from '../tf.js';
import {
  centreColumns,
  columnMeans,
  columnSums,
  inverseRoot,
  scaleColumns,
  shiftColumns,
  totalSum,
} from './columns.js';

describe.each(['wasm', 'cpu'] as const)('columns on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  const x = (): Tensor2D => tf.tensor2d([1, 2, 3, 4, 5, 9], [3, 2]);

  it('sums and averages columns, and adds up everything', () => {
    expect(columnSums(x()).arraySync()).toEqual([[9, 15]]);
    expect(columnMeans(x()).arraySync()).toEqual([[3, 5]]);
    expect(totalSum(x()).arraySync()).toBe(24);
  });

  it('adds up four million ones without losing any', () => {
    expect(totalSum(tf.ones([2048, 2048])).arraySync()).toBe(2048 * 2048);
  });

  it('centres, scales and shifts columns', () => {
    expect(centreColumns(x()).arraySync()).toEqual([[-2, -3], [0, -1], [2, 4]]); // prettier-ignore
    expect(scaleColumns(x(), tf.tensor2d([10, 1], [1, 2])).arraySync()).toEqual([[10, 2], [30, 4], [50, 9]]); // prettier-ignore
    expect(shiftColumns(x(), tf.tensor2d([10, 1], [1, 2])).arraySync()).toEqual([[11, 3], [13, 5], [15, 10]]); // prettier-ignore
  });

  it('leaves columns of mean 0 to the last bit, however far the batch is from it', () => {
    const far = tf.tensor2d(
      Float32Array.from({ length: 64 }, (_, i) => 1e4 + (i % 7) / 8),
      [64, 1],
    );
    const mean = columnMeans(centreColumns(far)).dataSync()[0];
    expect(Math.abs(mean)).toBeLessThan(1e-7);
  });

  it('shows an infinite variance', () => {
    const scale = inverseRoot(tf.tensor2d([4, Infinity], [1, 2])).dataSync();
    expect(scale[0]).toBe(0.5);
    expect(scale[1]).toBeNaN();
  });
});
