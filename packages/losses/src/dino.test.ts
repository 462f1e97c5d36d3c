import { InputError, ShapeError, tf, useBackend, type Tensor1D, type Tensor2D } from '@jembench/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { dino } from './dino.js';
import { constantRows, gradientError, gradients, leaked, normal, testedBackends, value } from './testing/support.js';

describe.each(testedBackends)('dino on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  const zero = (classes: number): Tensor1D => tf.zeros([classes]);

  it('is ln K, all of it entropy, when the teacher is uniform and the student too', () => {
    const flat = constantRows(4, [2, 2, 2]);
    const loss = dino([flat, flat], [flat, flat], zero(3));
    expect(value(loss.total)).toBeCloseTo(Math.log(3), 6);
    expect(value(loss.teacherEntropy)).toBeCloseTo(Math.log(3), 6);
    expect(value(loss.divergence)).toBeCloseTo(0, 6);
  });

  it('is all divergence when the teacher is certain', () => {
    const sure = constantRows(2, [10, 0]);
    const flat = constantRows(2, [1, 1]);
    const loss = dino([flat, flat], [sure, sure], zero(2));
    expect(value(loss.teacherEntropy)).toBeCloseTo(0, 6);
    expect(value(loss.divergence)).toBeCloseTo(Math.LN2, 6);
  });

  it('compares no crop with itself', () => {
    const [sure, other] = [constantRows(2, [10, 0]), constantRows(2, [0, 10])];
    // Each student crop agrees with the teacher's view of the other crop: paired with itself it would be charged 100.
    expect(value(dino([sure, other], [other, sure], zero(2)).total)).toBeCloseTo(0, 5);
    expect(value(dino([sure, other], [sure, other], zero(2)).total)).toBeCloseTo(100, 3);
  });

  it('averages over every pair of a teacher crop and another student crop', () => {
    const student = ['s0', 's1', 's2', 's3'].map((name) => normal(name, 5, 4));
    const teacher = ['t0', 't1'].map((name) => normal(name, 5, 4));
    const centre = tf.tensor1d([0.1, -0.2, 0.3, 0]);
    // Two student crops, one teacher crop: the pair (teacher, second student crop) alone.
    const pair = (t: number, v: number): number => value(dino([student[t], student[v]], [teacher[t]], centre).total);
    const pairs = [pair(0, 1), pair(0, 2), pair(0, 3), pair(1, 0), pair(1, 2), pair(1, 3)];
    expect(value(dino(student, teacher, centre).total)).toBeCloseTo(pairs.reduce((sum, loss) => sum + loss, 0) / 6, 4);
  });

  it('moves the centre towards the mean of all teacher rows, after using the old one', () => {
    const teacher = [constantRows(2, [1, 3]), constantRows(2, [3, 7])];
    const student = [normal('s0', 2, 2), normal('s1', 2, 2)];
    const centre = tf.tensor1d([10, 20]);
    const next = dino(student, teacher, centre, { centreMomentum: 0.75 }).centre;
    // 0.75 * [10, 20] + 0.25 * [2, 5]
    expect(Array.from(next.dataSync())).toEqual([8, 16.25]);
    expect(Array.from(centre.dataSync())).toEqual([10, 20]);
    const total = (c: Tensor1D, centreMomentum: number): number =>
      value(dino(student, teacher, c, { centreMomentum, teacherTemperature: 4 }).total);
    expect(total(centre, 0)).toBe(total(centre, 1));
    expect(Math.abs(total(next, 0) - total(centre, 0))).toBeGreaterThan(0.1);
  });

  it('does not see what is added to all logits of a student row', () => {
    const [s, t] = [normal('s', 3, 4), normal('t', 3, 4)];
    const plain = value(dino([s, s], [t, t], zero(4)).total);
    expect(value(dino([tf.add(s, 5), s], [t, t], zero(4)).total)).toBeCloseTo(plain, 4);
  });

  it('has the gradient of finite differences, and none for the teacher and the centre', () => {
    const [s0, s1, s2, t0, t1] = ['s0', 's1', 's2', 't0', 't1'].map((name) => normal(name, 4, 5));
    const centre = tf.tensor1d([0.1, 0.2, 0.3, -0.4, 0]);
    const loss = (...s: Tensor2D[]) => dino(s, [t0, t1], centre).total;
    expect(gradientError(loss, [s0, s1, s2], 0.01)).toBeLessThan(1e-3);
    const fromTeacher = gradients(
      (...t: Tensor2D[]) => {
        const { total, divergence, teacherEntropy } = dino([s0, s1], t, centre);
        return tf.addN([total, divergence, teacherEntropy]);
      },
      [t0, t1],
    );
    expect(fromTeacher.map((gradient) => value(tf.max(tf.abs(gradient))))).toEqual([0, 0]);
  });

  it('stays finite for logits that overflow the exponential', () => {
    const far = constantRows(2, [1e5, -1e5]);
    const loss = dino([far, far], [far, far], zero(2));
    expect(value(loss.total)).toBeCloseTo(0, 9);
    for (const gradient of gradients((a, b) => dino([a, b], [far, far], zero(2)).total, [far, far])) {
      expect(Array.from(gradient.dataSync()).every(Number.isFinite)).toBe(true);
    }
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('does not hide an input of %d', (bad) => {
    const ok = normal('ok', 2, 2);
    const broken = tf.tensor2d([
      [bad, 0],
      [0, 1],
    ]);
    expect(value(dino([broken, ok], [ok, ok], zero(2)).total)).toBeNaN();
    expect(value(dino([ok, ok], [ok, broken], zero(2)).total)).toBeNaN();
    // An infinite centre is a probability of 0 for now, and an infinite centre again.
    const loss = dino([ok, ok], [ok, ok], tf.tensor1d([bad, 0]));
    expect(Number.isFinite(value(loss.total)) && Number.isFinite(loss.centre.dataSync()[0])).toBe(false);
  });

  it('names what is wrong with its arguments', () => {
    const s = normal('s', 4, 3);
    const wide = normal('w', 4, 5);
    expect(() => dino([s, s], [wide], zero(3))).toThrow(
      new ShapeError('dino: teacher[0] has K=5, wanted K=3 as in student[0]'),
    );
    expect(() => dino([s, s], [s], zero(5))).toThrow(/dino: centre has K=5, wanted K=3 as in student\[0\]/);
    expect(() => dino([s], [s], zero(3))).toThrow(/student, got 1 crops, wanted at least 2/);
    expect(() => dino([s, s], [], zero(3))).toThrow(/teacher, got 0 crops/);
    expect(() => dino([s, s], [s, s, s], zero(3))).toThrow(/teacher, got 3 crops, wanted at most the student's 2/);
    expect(() => dino([s, s], [s], zero(3), { teacherTemperature: 0 })).toThrow(InputError);
    expect(() => dino([s, s], [s], zero(3), { centreMomentum: 1.5 })).toThrow(/centreMomentum, got 1.5/);
  });

  it('leaves no tensor behind', () => {
    const [s, t] = [normal('s', 4, 5), normal('t', 4, 5)];
    const centre = zero(5);
    expect(leaked(() => dino([s, s, s], [t, t], centre))).toBe(0);
    expect(leaked(() => gradients((a, b) => dino([a, b], [t, t], centre).total, [s, s]))).toBe(0);
  });
});
