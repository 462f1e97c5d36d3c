import { InputError, ShapeError, tf, useBackend, type Tensor2D } from '@jembench/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { constantRows, gradientError, gradients, leaked, normal, testedBackends, value } from './testing/support.js';
import { vicreg, type VicregOptions } from './vicreg.js';
import { vicregDialects, type VicregDialect } from './vicreg-dialects.js';

const dialects = Object.keys(vicregDialects) as VicregDialect[];

/** Two uncorrelated columns of unbiased variance 4/3. */
const spread = (): Tensor2D =>
  tf.tensor2d([
    [1, 1],
    [1, -1],
    [-1, 1],
    [-1, -1],
  ]);

function values(a: Tensor2D, b: Tensor2D, options?: Partial<VicregOptions>): Record<string, number> {
  const { total, invariance, variance, covariance } = vicreg(a, b, options);
  return {
    total: value(total),
    invariance: value(invariance),
    variance: value(variance),
    covariance: value(covariance),
  };
}

describe.each(testedBackends)('vicreg on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('is zero for two equal views that are spread out and uncorrelated', () => {
    expect(values(spread(), spread())).toEqual({ total: 0, invariance: 0, variance: 0, covariance: 0 });
  });

  it.each([
    // 1 - sqrt(0 + 1e-4) = 0.99 a branch, halved in the official code; the lecture's hinge is on the variance: 1 a branch.
    ['official', 0.99, 24.75],
    ['paper', 1.98, 49.5],
    ['solo-learn', 1.98, 49.5],
    ['eb-jepa', 1.98, 1.98],
    ['lecture', 2, 2],
  ] as const)('%s charges a constant batch the full hinge', (dialect, variance, total) => {
    const batch = constantRows(4, [0.5, -2, 7]);
    const loss = values(batch, batch, { dialect });
    expect(loss.invariance).toBe(0);
    expect(loss.covariance).toBe(0);
    expect(loss.variance).toBeCloseTo(variance, 6);
    expect(loss.total).toBeCloseTo(total, 5);
  });

  it('as printed on the lecture page, charges a batch of ones no hinge but full covariance', () => {
    const ones = constantRows(4, [1, 1, 1]);
    // C is all ones: nothing off the hinge, 6 entries off the diagonal over D = 3, for each of two branches.
    expect(values(ones, ones, { dialect: 'lecture', centre: false })).toEqual({
      total: 4,
      invariance: 0,
      variance: 0,
      covariance: 4,
    });
  });

  it.each([
    ['official', 1],
    ['paper', 2],
    ['solo-learn', 1],
    ['eb-jepa', 1],
    ['lecture', 2],
  ] as const)('%s charges a shift of the whole batch by 1 an invariance of %d', (dialect, invariance) => {
    expect(values(spread(), tf.add(spread(), 1), { dialect }).invariance).toBe(invariance);
  });

  it.each([
    // C = [[2, 2], [2, 2]] unbiased: 8 / D a branch, or 8 / (D (D - 1)); biased it is [[1, 1], [1, 1]].
    ['official', 8],
    ['paper', 8],
    ['solo-learn', 8],
    ['eb-jepa', 8],
    ['lecture', 2],
  ] as const)('%s charges two equal columns a covariance of %d', (dialect, covariance) => {
    const batch = tf.tensor2d([
      [0, 0],
      [2, 2],
    ]);
    expect(values(batch, batch, { dialect }).covariance).toBe(covariance);
  });

  it('divides the covariance of eb-jepa by D - 1 more than the official one', () => {
    const [a, b] = [normal('a', 16, 5), normal('b', 16, 5)];
    const ebJepa = values(a, b, { dialect: 'eb-jepa' }).covariance;
    expect(ebJepa * 4).toBeCloseTo(values(a, b).covariance, 6);
  });

  it('adds up its weighted terms and its branches', () => {
    const loss = vicreg(normal('a', 8, 6), normal('b', 8, 6), {
      weights: { invariance: 2, variance: 3, covariance: 5 },
    });
    const [invariance, variance, covariance] = [loss.invariance, loss.variance, loss.covariance].map(value);
    expect(value(loss.total)).toBeCloseTo(2 * invariance + 3 * variance + 5 * covariance, 4);
    expect(value(loss.a.variance) + value(loss.b.variance)).toBeCloseTo(variance, 6);
    expect(value(loss.a.covariance) + value(loss.b.covariance)).toBeCloseTo(covariance, 5);
  });

  it('takes the weights that are not given from the dialect', () => {
    const [a, b] = [normal('a', 8, 6), normal('b', 8, 6)];
    const { invariance, variance, covariance, total } = values(a, b, {
      weights: { covariance: undefined, variance: 0 },
    });
    expect(variance).toBeGreaterThan(0);
    expect(total).toBeCloseTo(25 * invariance + covariance, 4);
  });

  it('keeps its gradient on a batch that shrinks, where the hinge on the variance loses it', () => {
    const small = normal('small', 64, 32, 0.01);
    const weights = { invariance: 0, covariance: 0, variance: 1 };
    const norm = (dialect: VicregDialect): number => {
      const [gradient] = gradients((z) => vicreg(z, tf.clone(small), { dialect, weights }).total, [tf.clone(small)]);
      return value(tf.norm(gradient));
    };
    // Entries of about x / ((N - 1) D sqrt(2e-4)) against 2 x / (N D): 36 times as much, the norm of x being 0.01 sqrt(N D).
    expect(norm('paper') / 1.6e-2).toBeCloseTo(1, 1);
    expect(norm('lecture') / 4.4e-4).toBeCloseTo(1, 1);
  });

  it.each(dialects)('%s has the gradient of finite differences', (dialect) => {
    const views = [normal('a', 6, 5, 0.7), normal('b', 6, 5, 0.7)];
    const weights = { invariance: 1, variance: 1, covariance: 1 };
    expect(gradientError((a, b) => vicreg(a, b, { dialect, weights }).total, views)).toBeLessThan(2e-4);
  });

  it('has the gradient of finite differences with more columns than twice the rows', () => {
    expect(gradientError((a, b) => vicreg(a, b).total, [normal('a', 4, 24), normal('b', 4, 24)])).toBeLessThan(2e-4);
  });

  it.each(dialects)('%s has a finite gradient for a constant batch', (dialect) => {
    const batch = constantRows(4, [0.5, -2, 7]);
    for (const gradient of gradients((a, b) => vicreg(a, b, { dialect }).total, [batch, batch])) {
      expect(Array.from(gradient.dataSync()).every(Number.isFinite)).toBe(true);
    }
  });

  it('works on two rows and on one column', () => {
    // Variance 2 in each view: no hinge; one column has no other to be correlated with.
    const column = tf.tensor2d([[0], [2]]);
    for (const dialect of dialects) {
      const biased = dialect === 'lecture';
      const half = values(column, column, { dialect, gamma: biased ? 1 : Math.SQRT2 });
      expect(half.total).toBeCloseTo(0, 5);
    }
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('does not hide an input of %d', (bad) => {
    const broken = tf.tensor2d([
      [1, bad],
      [2, 3],
      [0, 1],
    ]);
    for (const dialect of dialects) {
      for (const [a, b] of [
        [broken, normal('ok', 3, 2)],
        [normal('ok', 3, 2), broken],
      ]) {
        const loss = values(a, b, { dialect });
        expect(Object.values(loss).filter(Number.isFinite), dialect).toEqual([]);
      }
    }
  });

  it('names what is wrong with its arguments', () => {
    const z = normal('z', 8, 8);
    expect(() => vicreg(z, normal('w', 8, 4))).toThrow(new ShapeError('vicreg: b has D=4, wanted D=8 as in a'));
    expect(() => vicreg(normal('one', 1, 8), normal('one', 1, 8))).toThrow(
      new ShapeError('vicreg: a has N=1, wanted N >= 2: the variance of one row is undefined'),
    );
    expect(() => vicreg(tf.zeros([0, 8]), tf.zeros([0, 8]))).toThrow(ShapeError);
    expect(() => vicreg(tf.zeros([8]) as unknown as Tensor2D, z)).toThrow(/vicreg: a has rank 1/);
    expect(() => vicreg(z, z, { dialect: 'lecturer' as VicregDialect })).toThrow(
      /dialect, got "lecturer", wanted one of/,
    );
    expect(() => vicreg(z, z, { centre: false })).toThrow(InputError);
    expect(() => vicreg(z, z, { dialect: 'lecture', eps: 1e-4 })).toThrow(/eps, got 0.0001 with dialect lecture/);
    expect(() => vicreg(z, z, { weights: { variance: -1 } })).toThrow(/weights.variance, got -1/);
    expect(() => vicreg(z, z, { weights: { invariance: 0, variance: 0, covariance: 0 } })).toThrow(
      /at least one above 0/,
    );
  });

  it('leaves no tensor behind', () => {
    const [a, b] = [normal('a', 8, 20), normal('b', 8, 20)];
    for (const dialect of dialects) {
      expect(leaked(() => vicreg(a, b, { dialect }))).toBe(0);
      expect(leaked(() => gradients((x, y) => vicreg(x, y, { dialect }).total, [a, b]))).toBe(0);
    }
  });
});
