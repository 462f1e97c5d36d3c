import { InputError, ShapeError, tf, useBackend, type Tensor2D } from '@jembench/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { barlowTwins, type BarlowTwinsOptions } from './barlow-twins.js';
import { constantRows, gradientError, gradients, leaked, normal, testedBackends, value } from './testing/support.js';

const uncorrelated = (): Tensor2D =>
  tf.tensor2d([
    [1, 1],
    [1, -1],
    [-1, 1],
    [-1, -1],
  ]);

function values(a: Tensor2D, b: Tensor2D, options?: Partial<BarlowTwinsOptions>): number[] {
  const { total, onDiagonal, offDiagonal } = barlowTwins(a, b, options);
  return [total, onDiagonal, offDiagonal].map(value);
}

describe.each(testedBackends)('barlowTwins on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('is zero for two equal views with uncorrelated columns', () => {
    const [total, onDiagonal, offDiagonal] = values(uncorrelated(), uncorrelated());
    // C = I / (1 + eps) with eps 1e-5: (1e-5)^2 a column.
    expect(onDiagonal).toBeLessThan(3e-10);
    expect(offDiagonal).toBeLessThan(1e-12);
    expect(total).toBeLessThan(3e-10);
  });

  it('charges 4 a column for opposite views', () => {
    expect(values(uncorrelated(), tf.neg(uncorrelated()))[1]).toBeCloseTo(8, 3);
  });

  it('charges a constant batch 1 a column and no redundancy', () => {
    const batch = constantRows(4, [3, -1, 0.25]);
    expect(values(batch, batch)).toEqual([3, 3, 0]);
  });

  it('charges equal columns the redundancy of every pair', () => {
    const batch = tf.tensor2d([
      [1, 1, 1],
      [-1, -1, -1],
    ]);
    const [total, , offDiagonal] = values(batch, batch, { lambda: 0.5 });
    // All 6 entries off the diagonal are 1 / (1 + eps).
    expect(offDiagonal).toBeCloseTo(6, 3);
    expect(total).toBeCloseTo(3, 3);
  });

  it('does not see the scale and the offset of a column', () => {
    const [a, b] = [normal('a', 16, 3), normal('b', 16, 3)];
    const scaled = tf.add<Tensor2D>(tf.mul(a, [2, 5, 30]), [1, -4, 0]);
    values(a, b).forEach((wanted, i) => {
      expect(values(scaled, b)[i]).toBeCloseTo(wanted, 3);
    });
  });

  it('has the gradient of finite differences, tall and wide', () => {
    const loss = (a: Tensor2D, b: Tensor2D) => barlowTwins(a, b, { lambda: 0.3 }).total;
    expect(gradientError(loss, [normal('a', 12, 4), normal('b', 12, 4)])).toBeLessThan(5e-4);
    expect(gradientError(loss, [normal('a', 6, 20), normal('b', 6, 20)])).toBeLessThan(5e-4);
  });

  it('has a finite gradient for a constant batch', () => {
    const batch = constantRows(4, [3, -1, 0.25]);
    for (const gradient of gradients((a, b) => barlowTwins(a, b).total, [batch, batch])) {
      expect(Array.from(gradient.dataSync()).every(Number.isFinite)).toBe(true);
    }
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('does not hide an input of %d', (bad) => {
    const broken = tf.tensor2d([
      [1, bad],
      [2, 3],
      [0, 1],
    ]);
    expect(values(broken, normal('ok', 3, 2)).filter(Number.isFinite)).toEqual([]);
    expect(values(normal('ok', 3, 2), broken).filter(Number.isFinite)).toEqual([]);
  });

  it('names what is wrong with its arguments', () => {
    const z = normal('z', 8, 8);
    expect(() => barlowTwins(z, normal('w', 8, 4))).toThrow(
      new ShapeError('barlowTwins: b has D=4, wanted D=8 as in a'),
    );
    expect(() => barlowTwins(normal('w', 1, 4), normal('w', 1, 4))).toThrow(
      /barlowTwins: a has N=1, wanted N >= 2: the variance/,
    );
    expect(() => barlowTwins(z, z, { lambda: -1 })).toThrow(InputError);
    expect(() => barlowTwins(z, z, { eps: 0 })).toThrow(/eps, got 0/);
  });

  it('leaves no tensor behind', () => {
    const [a, b] = [normal('a', 8, 20), normal('b', 8, 20)];
    expect(leaked(() => barlowTwins(a, b))).toBe(0);
    expect(leaked(() => gradients((x, y) => barlowTwins(x, y).total, [a, b]))).toBe(0);
  });
});
