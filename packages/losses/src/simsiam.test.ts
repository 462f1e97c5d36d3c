import { InputError, ShapeError, tf, useBackend, type Tensor2D } from '@jembench/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { negativeCosine, simsiam } from './simsiam.js';
import { gradientError, gradients, leaked, normal, testedBackends, value } from './testing/support.js';

describe.each(testedBackends)('simsiam on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  const rows = (): Tensor2D =>
    tf.tensor2d([
      [3, 4],
      [0, 2],
    ]);
  const turned = (): Tensor2D =>
    tf.tensor2d([
      [-4, 3],
      [7, 0],
    ]);

  it('is the negative mean cosine: -1 along, 0 across, 1 against', () => {
    expect(value(negativeCosine(tf.mul(rows(), 5), rows()))).toBeCloseTo(-1, 6);
    expect(value(negativeCosine(turned(), rows()))).toBeCloseTo(0, 6);
    expect(value(negativeCosine(tf.neg(rows()), rows()))).toBeCloseTo(1, 6);
  });

  it('predicts the other view, and is the mean of the two directions', () => {
    const loss = simsiam([rows(), rows()], [turned(), rows()]);
    expect(value(loss.firstToSecond)).toBeCloseTo(-1, 6);
    expect(value(loss.secondToFirst)).toBeCloseTo(0, 6);
    expect(value(loss.total)).toBeCloseTo(-0.5, 6);
  });

  it('has the gradient of finite differences, and none for the projections', () => {
    const [p1, p2, z1, z2] = ['p1', 'p2', 'z1', 'z2'].map((name) => normal(name, 5, 7));
    expect(gradientError((a, b) => simsiam([a, b], [z1, z2]).total, [p1, p2])).toBeLessThan(2e-4);
    const projections = gradients((a, b) => simsiam([p1, p2], [a, b]).total, [z1, z2]);
    expect(projections.map((gradient) => value(tf.max(tf.abs(gradient))))).toEqual([0, 0]);
  });

  it('lets the gradient through to the projections when told to', () => {
    const [p1, p2, z1, z2] = ['p1', 'p2', 'z1', 'z2'].map((name) => normal(name, 5, 7));
    const loss = (...[a, b, c, d]: Tensor2D[]) => simsiam([a, b], [c, d], { stopGradient: false }).total;
    expect(gradientError(loss, [p1, p2, z1, z2])).toBeLessThan(2e-4);
    expect(value(tf.max(tf.abs(gradients(loss, [p1, p2, z1, z2])[2])))).toBeGreaterThan(0.01);
  });

  it('stays finite for a prediction of zero, which points nowhere', () => {
    const zero = tf.zerosLike(rows());
    expect(value(negativeCosine(zero, rows()))).toBeCloseTo(0, 6);
    const [gradient] = gradients((p) => negativeCosine(p, rows()), [zero]);
    expect(Array.from(gradient.dataSync()).every(Number.isFinite)).toBe(true);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('does not hide an input of %d', (bad) => {
    const broken = tf.tensor2d([
      [3, bad],
      [0, 2],
    ]);
    expect(value(simsiam([broken, rows()], [rows(), rows()]).total)).toBeNaN();
    expect(value(simsiam([rows(), rows()], [rows(), broken]).total)).toBeNaN();
  });

  it('names what is wrong with its arguments', () => {
    const z = rows();
    expect(() => simsiam([z, z], [normal('more', 3, 2), z])).toThrow(
      new ShapeError('simsiam: projections[0] has N=3, wanted N=2 as in predictions[0]'),
    );
    expect(() => negativeCosine(z, normal('wide', 2, 5))).toThrow(/negativeCosine: target has D=5, wanted D=2/);
    expect(() => negativeCosine(z, z, { eps: -1 })).toThrow(InputError);
  });

  it('leaves no tensor behind', () => {
    const [p, z] = [normal('p', 5, 7), normal('z', 5, 7)];
    expect(leaked(() => simsiam([p, p], [z, z]))).toBe(0);
    expect(leaked(() => gradients((a, b) => simsiam([a, b], [z, z]).total, [p, p]))).toBe(0);
  });
});
