import { InputError, ShapeError, l2Normalise, tf, useBackend, type Tensor2D } from '@jembench/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { swav, swavFromEmbeddings } from './swav.js';
import { constantRows, gradientError, gradients, leaked, normal, testedBackends, value } from './testing/support.js';

describe.each(testedBackends)('swav on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  const oneEach = (): Tensor2D =>
    tf.tensor2d([
      [1, -1],
      [-1, 1],
    ]);

  it('is ln K when no score differs: codes and predictions are uniform', () => {
    const flat = constantRows(4, [0.3, 0.3, 0.3]);
    const { total, codes } = swav([flat, flat]);
    expect(value(total)).toBeCloseTo(Math.log(3), 6);
    codes.forEach((code) => {
      code.dataSync().forEach((probability) => {
        expect(probability).toBeCloseTo(1 / 3, 6);
      });
    });
  });

  it('is near zero when every crop prefers the same prototypes, large when they are swapped', () => {
    expect(value(swav([oneEach(), oneEach()]).total)).toBeLessThan(1e-6);
    // Each code is one-hot to rounding; the other crop's logit for it is 20 below its largest.
    expect(value(swav([oneEach(), tf.reverse(oneEach(), 1)]).total)).toBeCloseTo(20, 4);
  });

  it('balances the prototypes: a batch that scores alike is shared out, whatever it prefers', () => {
    const [code] = swav([constantRows(4, [5, 0]), constantRows(4, [5, 0])]).codes;
    code.dataSync().forEach((probability) => {
      expect(probability).toBeCloseTo(0.5, 5);
    });
  });

  it('gives codes whose rows are distributions', () => {
    const crops = [normal('s0', 6, 4), normal('s1', 6, 4)];
    for (const code of swav(crops, { epsilon: 0.5 }).codes) {
      tf.sum(code, 1)
        .dataSync()
        .forEach((sum) => {
          expect(sum).toBeCloseTo(1, 5);
        });
    }
  });

  it('averages over every pair of an assigning and another crop', () => {
    const crops = ['s0', 's1', 's2', 's3'].map((name) => normal(name, 5, 3));
    const pair = (assigning: number, predicting: number): number =>
      value(swav([crops[assigning], crops[predicting]], { assigning: [0] }).total);
    const pairs = [pair(0, 1), pair(0, 2), pair(0, 3), pair(1, 0), pair(1, 2), pair(1, 3)];
    expect(value(swav(crops).total)).toBeCloseTo(pairs.reduce((sum, loss) => sum + loss, 0) / 6, 4);
  });

  it('sends no gradient through the codes', () => {
    const crops = [normal('s0', 5, 3), normal('s1', 5, 3)];
    const [assigned, predicted] = gradients((a, b) => swav([a, b], { assigning: [0] }).total, crops);
    // Crop 0 only assigns.
    expect(value(tf.max(tf.abs(assigned)))).toBe(0);
    expect(value(tf.max(tf.abs(predicted)))).toBeGreaterThan(0.01);
  });

  it('has the gradient of finite differences where its codes are fixed', () => {
    const codes = normal('codes', 5, 3);
    const crops = [normal('s1', 5, 3), normal('s2', 5, 3)];
    expect(gradientError((a, b) => swav([codes, a, b], { assigning: [0] }).total, crops, 0.01)).toBeLessThan(1e-3);
    const prototypes = l2Normalise(normal('prototypes', 3, 4));
    const z = [normal('z1', 5, 4), normal('z2', 5, 4)];
    const fixed = normal('z0', 5, 4);
    const loss = (a: Tensor2D, b: Tensor2D) => swavFromEmbeddings([fixed, a, b], prototypes, { assigning: [0] }).total;
    expect(gradientError(loss, z)).toBeLessThan(1e-3);
  });

  it('scores embeddings by their direction', () => {
    const prototypes = l2Normalise(normal('prototypes', 3, 4));
    const z = [normal('z0', 5, 4), normal('z1', 5, 4)];
    const scores = z.map((x) => tf.matMul<Tensor2D>(l2Normalise(x), prototypes, false, true));
    const longer = z.map((x) => tf.mul<Tensor2D>(x, 7));
    expect(value(swavFromEmbeddings(longer, prototypes).total)).toBeCloseTo(value(swav(scores).total), 4);
  });

  it('lets a queue take part in the balance and in nothing else', () => {
    const [a, b] = [normal('s0', 5, 3), normal('s1', 5, 3)];
    const alone = swav([a, b]);
    // The same rows once more change no balance.
    const doubled = swav([a, b], { queue: [a, b] });
    expect(doubled.codes[0].shape).toEqual([5, 3]);
    expect(value(tf.max(tf.abs(tf.sub(doubled.codes[0], alone.codes[0]))))).toBeLessThan(1e-5);
    // A queue full of one prototype leaves the others to the batch.
    const crowd = constantRows(20, [9, 0, 0]);
    const shares = tf.mean(swav([a, b], { queue: [crowd, crowd] }).codes[0], 0).dataSync();
    expect(shares[0]).toBeLessThan(0.05);
  });

  it('scores the queue with the prototypes of the step', () => {
    const prototypes = l2Normalise(normal('prototypes', 3, 4));
    const z = [normal('z0', 5, 4), normal('z1', 5, 4)];
    const past = [l2Normalise(normal('q0', 6, 4)), l2Normalise(normal('q1', 6, 4))];
    const scored = past.map((x) => tf.matMul<Tensor2D>(x, prototypes, false, true));
    const scores = z.map((x) => tf.matMul<Tensor2D>(l2Normalise(x), prototypes, false, true));
    const wanted = value(swav(scores, { queue: scored }).total);
    expect(value(swavFromEmbeddings(z, prototypes, { queue: past }).total)).toBeCloseTo(wanted, 5);
  });

  it('stays finite for scores that overflow the exponential', () => {
    const far = tf.tensor2d([
      [1e4, -1e4],
      [-1e4, 1e4],
    ]);
    expect(value(swav([far, far], { epsilon: 0.001 }).total)).toBeCloseTo(0, 9);
    for (const gradient of gradients((a, b) => swav([a, b]).total, [far, far])) {
      expect(Array.from(gradient.dataSync()).every(Number.isFinite)).toBe(true);
    }
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('does not hide an input of %d', (bad) => {
    const broken = tf.tensor2d([
      [bad, 0],
      [0, 1],
    ]);
    expect(value(swav([broken, oneEach()]).total)).toBeNaN();
    expect(value(swav([oneEach(), oneEach(), broken]).total)).toBeNaN();
  });

  it('names what is wrong with its arguments', () => {
    const s = normal('s', 4, 3);
    expect(() => swav([s, normal('w', 4, 5)])).toThrow(
      new ShapeError('swav: scores[1] has K=5, wanted K=3 as in scores[0]'),
    );
    expect(() => swav([s])).toThrow(/swav: scores, got 1 crops, wanted at least 2/);
    expect(() => swav([s, s], { assigning: [0, 2] })).toThrow(InputError);
    expect(() => swav([s, s], { assigning: [0, 0] })).toThrow(/assigning, got \[0, 0\], wanted different crops/);
    expect(() => swav([s, s], { assigning: [] })).toThrow(InputError);
    expect(() => swav([s, s], { temperature: 0 })).toThrow(/temperature, got 0/);
    expect(() => swav([s, s], { epsilon: -1 })).toThrow(/epsilon, got -1/);
    expect(() => swav([s, s], { queue: [s] })).toThrow(/queue, got 1 matrices, wanted 2/);
    expect(() => swav([s, s], { queue: [s, normal('w', 4, 5)] })).toThrow(
      /queue\[1\] has K=5, wanted K=3 as in the batch/,
    );
    expect(() => swavFromEmbeddings([s, s], normal('p', 6, 4))).toThrow(
      /prototypes has D=4, wanted D=3 as in embeddings\[0\]/,
    );
  });

  it('leaves no tensor behind', () => {
    const z = [normal('z0', 5, 4), normal('z1', 5, 4)];
    const prototypes = normal('prototypes', 3, 4);
    expect(leaked(() => swavFromEmbeddings(z, prototypes, { queue: z }))).toBe(0);
    expect(leaked(() => gradients((a, b, p) => swavFromEmbeddings([a, b], p).total, [...z, prototypes]))).toBe(0);
  });
});
