import { InputError, ShapeError, tf, useBackend, type Tensor2D, type Tensor3D } from '@jembench/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { data2vec, data2vecWarnings } from './data2vec.js';
import { gradientError, gradients, leaked, normal, testedBackends, value } from './testing/support.js';

const tokens = (name: string, B: number, T: number, C: number, scale = 1): Tensor3D =>
  tf.reshape(normal(name, B * T, C, scale), [B, T, C]);

const mask = (rows: number[][]): Tensor2D => tf.tensor2d(rows, undefined, 'int32');

describe.each(testedBackends)('data2vec on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  const prediction = (): Tensor3D => tf.tensor3d([[[1], [3], [-3]]]);
  const target = (): Tensor3D => tf.tensor3d([[[0], [0], [0]]]);

  it('is quadratic below beta and linear above', () => {
    const options = { beta: 2, scale: 1 };
    // 1^2 / 4 = 0.25 and 3 - 1 = 2.
    expect(value(data2vec(prediction(), target(), mask([[1, 0, 0]]), options).total)).toBe(0.25);
    expect(value(data2vec(prediction(), target(), mask([[0, 1, 0]]), options).total)).toBe(2);
    const all = data2vec(prediction(), target(), mask([[1, 1, 1]]), options);
    expect(value(all.sum)).toBe(4.25);
    expect(value(all.masked)).toBe(3);
    expect(value(all.total)).toBeCloseTo(4.25 / 3, 6);
  });

  it('is the squared error, without 1/2, for beta 0', () => {
    expect(value(data2vec(prediction(), target(), mask([[0, 0, 1]]), { beta: 0, scale: 1 }).total)).toBe(9);
  });

  it('scales each token by 1 / sqrt(C) unless told otherwise', () => {
    const four: Tensor3D = tf.tensor3d([[[1, 1, 1, 1]]]);
    // Four quarters, times 1 / 2.
    expect(value(data2vec(four, tf.zerosLike(four), mask([[1]])).total)).toBe(0.5);
  });

  it('has the gradient of finite differences at the masked tokens, and none elsewhere or for the target', () => {
    const flags = mask([
      [1, 0, 1],
      [0, 1, 0],
    ]);
    const goal = tokens('goal', 2, 3, 4, 2);
    for (const beta of [0, 0.5, 2]) {
      const loss = (x: Tensor2D) => data2vec(x as unknown as Tensor3D, goal, flags, { beta }).total;
      const x = tokens('x', 2, 3, 4, 2);
      expect(gradientError(loss, [x])).toBeLessThan(1e-3);
      const [gradient] = gradients(loss, [x]);
      const perToken = tf.max(tf.abs(gradient), 2).dataSync();
      expect(Array.from(perToken, (size) => size > 0)).toEqual([true, false, true, false, true, false]);
    }
    const [none] = gradients((t) => data2vec(goal, t as unknown as Tensor3D, flags).total, [tokens('x', 2, 3, 4)]);
    expect(value(tf.max(tf.abs(none)))).toBe(0);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('leaves out a token that is not masked, even one of %d', (bad) => {
    const broken: Tensor3D = tf.tensor3d([[[1], [bad], [-3]]]);
    const flags = mask([[1, 0, 1]]);
    const options = { beta: 2, scale: 1 };
    const loss = data2vec(broken, target(), flags, options);
    expect(value(loss.sum)).toBe(2.25);
    expect(value(loss.predictionStd)).toBeCloseTo(Math.sqrt(8), 4);
    expect(value(data2vec(prediction(), broken, flags, options).sum)).toBe(0);
    const [gradient] = gradients((x) => data2vec(x as unknown as Tensor3D, target(), flags, options).sum, [broken]);
    expect(Array.from(gradient.dataSync())).toEqual([0.5, 0, -1]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('does not hide a masked token of %d', (bad) => {
    const broken: Tensor3D = tf.tensor3d([[[1], [bad], [-3]]]);
    const flags = mask([[0, 1, 0]]);
    expect(Number.isFinite(value(data2vec(broken, target(), flags).total))).toBe(false);
    expect(Number.isFinite(value(data2vec(target(), broken, flags).total))).toBe(false);
  });

  it('is 0 with a gradient of 0 when nothing is masked', () => {
    const flags = mask([[0, 0, 0]]);
    const loss = data2vec(prediction(), target(), flags);
    expect([value(loss.total), value(loss.masked)]).toEqual([0, 0]);
    const [gradient] = gradients((x) => data2vec(x as unknown as Tensor3D, target(), flags).total, [prediction()]);
    expect(Array.from(gradient.dataSync())).toEqual([0, 0, 0]);
  });

  it('monitors the standard deviation over the masked tokens, dimension by dimension', () => {
    const x: Tensor3D = tf.tensor3d([
      [
        [0, 5],
        [100, -100],
        [2, 5],
      ],
    ]);
    const loss = data2vec(x, tf.zerosLike(x), mask([[1, 0, 1]]));
    // Column one: variance 2; column two: 0. Mean of the roots, each with 1e-6 under it.
    expect(value(loss.predictionStd)).toBeCloseTo((Math.SQRT2 + 1e-3) / 2, 5);
    expect(value(loss.targetStd)).toBeCloseTo(1e-3, 6);
  });

  it('warns of each standard deviation below its floor, and of one that is not a number', () => {
    expect(data2vecWarnings({ targetStd: 0.1, predictionStd: 0.01 })).toEqual([]);
    expect(data2vecWarnings({ targetStd: 0.09, predictionStd: 0.02 })).toEqual([
      'data2vec: std of the targets, got 0.09, wanted at least 0.1: they are collapsing',
    ]);
    expect(data2vecWarnings({ targetStd: 1, predictionStd: Number.NaN })).toHaveLength(1);
    expect(
      data2vecWarnings({ targetStd: 0.3, predictionStd: 0.3 }, { targetStd: 0.5, predictionStd: 0.5 }),
    ).toHaveLength(2);
  });

  it('names what is wrong with its arguments', () => {
    const x = tokens('x', 2, 3, 4);
    const flags = mask([
      [1, 0, 1],
      [0, 1, 0],
    ]);
    expect(() => data2vec(x, tokens('y', 2, 3, 5), flags)).toThrow(
      new ShapeError('data2vec: target has C=5, wanted C=4 as in prediction'),
    );
    expect(() => data2vec(x, x, mask([[1, 0, 1]]))).toThrow(
      /data2vec: mask has shape \[1,3\], wanted \[2,3\]: one flag a token/,
    );
    expect(() => data2vec(x, x, flags, { beta: -1 })).toThrow(InputError);
    expect(() => data2vec(x, x, flags, { scale: 0 })).toThrow(/scale, got 0/);
    expect(() => data2vec(normal('flat', 2, 3) as unknown as Tensor3D, x, flags)).toThrow(/prediction has rank 2/);
  });

  it('leaves no tensor behind', () => {
    const x = tokens('x', 2, 3, 4);
    const flags = mask([
      [1, 0, 1],
      [0, 1, 0],
    ]);
    const y = tokens('y', 2, 3, 4);
    expect(leaked(() => data2vec(x, x, flags))).toBe(0);
    expect(leaked(() => gradients((z) => data2vec(z as unknown as Tensor3D, x, flags).total, [y]))).toBe(0);
  });
});
