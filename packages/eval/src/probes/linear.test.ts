import { describe, expect, it } from 'vitest';
import { rootStream } from '@jembench/core';
import { gaussian, mapped } from '../fixtures.js';
import { gatherRows, matrixOfRows, type Matrix } from '../matrix/matrix.js';
import { linearModel, linearPredictions, linearProbe, linearProbePenalties } from './linear.js';

/** `classes` Gaussian clouds, `distance` from the origin along their own axis. */
function clouds(
  rows: number,
  columns: number,
  classes: number,
  distance: number,
  seed: number,
): { x: Matrix; labels: Int32Array } {
  const labels = Int32Array.from({ length: rows }, (_, i) => i % classes);
  return { x: mapped(gaussian(rows, columns, seed), (x, i, j) => x + (j === labels[i] ? distance : 0)), labels };
}

describe('linearModel', () => {
  it('solves two points by hand: w tanh-like in one unknown', () => {
    // x = -1, 1 with labels 0, 1. By symmetry W = (-w, w), b = 0: loss ln(1 + exp(-2 w)) + l2 w^2, zero slope at 1 / (1 + exp(2 w)) = l2 w.
    const l2 = 0.1;
    const model = linearModel(matrixOfRows([[-1], [1]]), [0, 1], { l2, gradientTolerance: 1e-12 });
    const w = model.weights.data[1];
    expect(model.weights.data[0]).toBeCloseTo(-w, 12);
    expect(1 / (1 + Math.exp(2 * w))).toBeCloseTo(l2 * w, 12);
    expect(model.objective).toBeCloseTo(Math.log(1 + Math.exp(-2 * w)) + l2 * w * w, 12);
    expect(model.crossEntropy).toBeCloseTo(Math.log(1 + Math.exp(-2 * w)), 12);
    expect([...model.bias].every((b) => Math.abs(b) < 1e-12)).toBe(true);
  });

  it('predicts the classes in proportion when the features carry nothing', () => {
    const constant = mapped(gaussian(8, 3), () => 0.1);
    const model = linearModel(constant, [0, 0, 0, 0, 0, 0, 1, 1], { l2: 1 });
    expect([...model.weights.data]).toEqual(new Array(6).fill(0));
    expect(model.bias[0] - model.bias[1]).toBeCloseTo(Math.log(3), 6);
    expect(model.crossEntropy).toBeCloseTo(-(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25)), 10);
  });

  it('stands at a point where the gradient vanishes', () => {
    const { x, labels } = clouds(90, 6, 3, 1, 4);
    const l2 = 1e-3;
    const model = linearModel(x, labels, { l2, gradientTolerance: 1e-11 });
    expect(model.converged).toBe(true);
    const { scores } = linearPredictions(model, x);
    const gradient = new Float64Array(18);
    for (let i = 0; i < 90; i++) {
      const exp = Array.from(scores.data.subarray(i * 3, i * 3 + 3), Math.exp);
      const total = exp.reduce((a, b) => a + b, 0);
      for (let j = 0; j < 6; j++) {
        const feature = (x.data[i * 6 + j] - model.scale.mean[j]) / model.scale.std[j];
        for (let k = 0; k < 3; k++)
          gradient[j * 3 + k] += (feature * (exp[k] / total - (labels[i] === k ? 1 : 0))) / 90;
      }
    }
    gradient.forEach((g, p) => {
      expect(Math.abs(g + l2 * model.weights.data[p])).toBeLessThan(1e-10);
    });
  });

  it('does not change its predictions with the scale and offset of features, or the order of rows', () => {
    const { x, labels } = clouds(60, 5, 3, 1, 5);
    const options = { l2: 1e-2, gradientTolerance: 1e-10 };
    const wanted = linearPredictions(linearModel(x, labels, options), x).scores;
    const moved = mapped(x, (v, _i, j) => v * 10 ** (j * 20 - 40) + (j === 2 ? 7 : 0));
    const scores = linearPredictions(linearModel(moved, labels, options), moved).scores;
    const order = rootStream(1).permutation(60);
    const shuffled = linearModel(
      gatherRows(x, order),
      order.map((i) => labels[i]),
      options,
    );
    const again = linearPredictions(shuffled, x).scores;
    wanted.data.forEach((score, p) => {
      expect(scores.data[p]).toBeCloseTo(score, 7);
      expect(again.data[p]).toBeCloseTo(score, 7);
    });
  });

  it('knows only the classes that it has seen', () => {
    const { x, labels } = clouds(40, 4, 2, 3, 6);
    const model = linearModel(
      x,
      labels.map((l) => (l === 0 ? 2 : 7)),
      { l2: 1e-2 },
    );
    expect([...model.classes]).toEqual([2, 7]);
    expect(new Set(linearPredictions(model, gaussian(50, 4, 7)).predictions)).toEqual(new Set([2, 7]));
    const single = linearModel(x, new Int32Array(40).fill(3), { l2: 1 });
    expect(single).toMatchObject({ converged: true, objective: 0 });
    expect(new Set(linearPredictions(single, x).predictions)).toEqual(new Set([3]));
  });

  it('says when it has not converged', () => {
    const { x, labels } = clouds(60, 5, 3, 1, 5);
    const model = linearModel(x, labels, { l2: 1e-6, gradientTolerance: 1e-12, maxIterations: 2 });
    expect(model).toMatchObject({ converged: false, iterations: 2 });
    expect(model.gradientNorm).toBeGreaterThan(1e-12);
  });

  it('refuses what does not fit', () => {
    const { x, labels } = clouds(6, 2, 2, 1, 1);
    expect(() => linearModel(x, labels, { l2: 0 })).toThrow('linearModel: l2, got 0, wanted a positive number');
    expect(() => linearModel(x, [0, 1], { l2: 1 })).toThrow('labels, got 2 labels, wanted 6');
    expect(() => linearModel(x, [0, 1, 0.5, 1, 0, 1], { l2: 1 })).toThrow('labels, got 0.5 in row 2');
    expect(() =>
      linearModel(
        mapped(x, () => Infinity),
        labels,
        { l2: 1 },
      ),
    ).toThrow('train, got Infinity');
    expect(() => linearPredictions(linearModel(x, labels, { l2: 1 }), gaussian(1, 3))).toThrow(
      'got rows of 3 values, wanted 2',
    );
  });
});

describe('linearProbe', () => {
  const train = clouds(300, 20, 4, 2, 8);
  const test = clouds(100, 20, 4, 2, 9);

  it('separates what a line separates, with an interval', () => {
    const far = clouds(200, 6, 3, 8, 1);
    const { test: accuracy, train: fitted } = linearProbe(far.x, far.labels, far.x, far.labels);
    expect(accuracy.percent).toBe(100);
    expect(accuracy.low).toBeGreaterThan(97);
    expect(fitted.percent).toBe(100);
  });

  it('is at chance on noise', () => {
    const noise = gaussian(400, 10, 2);
    const labels = Int32Array.from({ length: 400 }, (_, i) => i % 4);
    const { test: accuracy } = linearProbe(noise, labels, gaussian(400, 10, 3), labels);
    expect(accuracy.low).toBeLessThan(25);
    expect(accuracy.high).toBeGreaterThan(25);
  });

  it('never looks at the test rows when it chooses or fits', () => {
    const wanted = linearProbe(train.x, train.labels, test.x, test.labels);
    const other = linearProbe(train.x, train.labels, gaussian(7, 20), new Int32Array(7));
    expect(other.model).toEqual(wanted.model);
    expect(other.selection).toEqual(wanted.selection);
    const shuffled = linearProbe(
      train.x,
      train.labels,
      test.x,
      test.labels.map((l) => (l + 1) % 4),
    );
    expect(shuffled.predictions).toEqual(wanted.predictions);
  });

  it('chooses a stronger penalty for fewer rows, the best of those it tried', () => {
    const { model, selection } = linearProbe(train.x, train.labels, test.x, test.labels);
    const few = linearProbe(
      gatherRows(
        train.x,
        Int32Array.from({ length: 24 }, (_, i) => i),
      ),
      train.labels.slice(0, 24),
      test.x,
      test.labels,
    );
    expect(few.model.l2).toBeGreaterThan(model.l2);
    const best = Math.min(...selection.map((tried) => tried.crossEntropy));
    expect(selection.find((tried) => tried.l2 === model.l2)?.crossEntropy).toBe(best);
    expect(selection.map((tried) => tried.l2)).toEqual(linearProbePenalties.slice(0, selection.length));
  });

  it('is deterministic, and reaches its stated optimum', () => {
    const once = linearProbe(train.x, train.labels, test.x, test.labels);
    expect(linearProbe(train.x, train.labels, test.x, test.labels)).toEqual(once);
    expect(once.model.converged).toBe(true);
    expect(once.model.gradientNorm).toBeLessThanOrEqual(1e-6);
  });

  it('takes a penalty as given, and has one for rows too few to hold any out', () => {
    expect(linearProbe(train.x, train.labels, test.x, test.labels, { l2: 0.3 })).toMatchObject({
      selection: [],
      model: { l2: 0.3 },
    });
    const two = linearProbe(matrixOfRows([[0], [1]]), [0, 1], matrixOfRows([[0.9]]), [1]);
    expect(two).toMatchObject({ selection: [], model: { l2: 1e-2 } });
    expect(two.test.percent).toBe(100);
  });

  it('counts a test class without training rows as wrong', () => {
    const labels = test.labels.map((l) => (l === 0 ? 9 : l));
    const { test: accuracy, predictions } = linearProbe(train.x, train.labels, test.x, labels);
    expect(predictions.includes(9)).toBe(false);
    expect(accuracy.correct).toBeLessThanOrEqual(75);
  });
});
