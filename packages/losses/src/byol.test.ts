import { InputError, ShapeError, tf, useBackend, type Tensor2D } from '@jembench/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { byol } from './byol.js';
import { gradientError, gradients, leaked, normal, testedBackends, value } from './testing/support.js';

describe.each(testedBackends)('byol on %s', (backend) => {
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

  it('is 0 for predictions along their targets, 4 for orthogonal and 8 for opposite ones', () => {
    const z = rows();
    expect(value(byol([tf.mul(z, 2), tf.mul(z, 0.1)], [z, z]).total)).toBeLessThan(1e-12);
    expect(value(byol([turned(), turned()], [z, z]).total)).toBeCloseTo(4, 5);
    expect(value(byol([tf.neg(z), tf.neg(z)], [z, z]).total)).toBeCloseTo(8, 5);
  });

  it('predicts the other view, and gives both halves and every sample', () => {
    const z = rows();
    // View 1 predicts the target of view 2 exactly; view 2 is orthogonal to the target of view 1.
    const loss = byol([z, z], [turned(), z]);
    expect(value(loss.firstToSecond)).toBeLessThan(1e-12);
    expect(value(loss.secondToFirst)).toBeCloseTo(2, 5);
    expect(value(loss.total)).toBeCloseTo(2, 5);
    expect(loss.perSample.shape).toEqual([2]);
    loss.perSample.dataSync().forEach((sample) => {
      expect(sample).toBeCloseTo(2, 5);
    });
  });

  it('has the gradient of finite differences, and none for the targets', () => {
    const [p1, p2, z1, z2] = ['p1', 'p2', 'z1', 'z2'].map((name) => normal(name, 5, 7));
    expect(gradientError((a, b) => byol([a, b], [z1, z2]).total, [p1, p2])).toBeLessThan(2e-4);
    const targets = gradients((a, b) => byol([p1, p2], [a, b]).total, [z1, z2]);
    expect(targets.map((gradient) => value(tf.max(tf.abs(gradient))))).toEqual([0, 0]);
  });

  it('stays finite for a prediction of zero, which points nowhere', () => {
    const z = rows();
    const loss = byol([tf.zerosLike(z), z], [z, z]);
    expect(value(loss.total)).toBeCloseTo(1, 6);
    const [gradient] = gradients((p) => byol([p, z], [z, z]).total, [tf.zerosLike(z)]);
    expect(Array.from(gradient.dataSync()).every(Number.isFinite)).toBe(true);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('does not hide an input of %d', (bad) => {
    const z = rows();
    const broken = tf.tensor2d([
      [3, bad],
      [0, 2],
    ]);
    expect(value(byol([broken, z], [z, z]).total)).toBeNaN();
    expect(value(byol([z, z], [broken, z]).total)).toBeNaN();
  });

  it('names what is wrong with its arguments', () => {
    const z = rows();
    const wide = normal('wide', 2, 5);
    expect(() => byol([z, z], [z, wide])).toThrow(
      new ShapeError('byol: targets[1] has D=5, wanted D=2 as in predictions[0]'),
    );
    expect(() => byol([z, normal('more', 3, 2)], [z, z])).toThrow(/predictions\[1\] has N=3, wanted N=2/);
    expect(() => byol([z, z], [z, z], { eps: 0 })).toThrow(InputError);
  });

  it('leaves no tensor behind', () => {
    const [p, z] = [normal('p', 5, 7), normal('z', 5, 7)];
    expect(leaked(() => byol([p, p], [z, z]))).toBe(0);
    expect(leaked(() => gradients((a, b) => byol([a, b], [z, z]).total, [p, p]))).toBe(0);
  });
});
