import { InputError } from '@jembench/core';
import { linearModel, linearPredictions, type Matrix } from '@jembench/eval';
import type { CaseReader } from '../case-reader.js';
import type { GoldenTopic } from '../topic.js';
import { inputMatrix } from './eval-matrix.js';

/** The optimum is compared, not a path to it: the fit goes to this gradient, as far as float64 carries. */
const gradientTolerance = 1e-12;

/**
 * The distance to the optimum is at most the gradient over the curvature, and the curvature at least `l2`; counted in float64
 * roundings for `l2 = 1`. The objective is flat there: second order.
 */
const optimumUlps = gradientTolerance / 2 ** -53;

export const evalLinearProbeTopic: GoldenTopic = {
  name: 'eval_linear_probe',
  tolerance: { precision: 'float64', ulps: 16 },
  run(reader) {
    const train = inputMatrix(reader, 'train');
    const test = inputMatrix(reader, 'test');
    const trainLabels = reader.input('train_labels').data;
    const testLabels = reader.input('test_labels').data;
    const l2 = reader.param<number>('l2');
    const classes = reader.param<number>('classes');
    const c = reader.param<number>('sklearnC');
    if (Math.abs(c * l2 * train.rows - 1) > 1e-12) {
      throw new InputError(`eval_linear_probe: sklearnC, got ${c}, wanted 1 / (l2 N) = ${1 / (l2 * train.rows)}`);
    }

    const model = linearModel(train, trainLabels, { l2, gradientTolerance });
    if (model.classes.length !== classes) {
      throw new InputError(
        `eval_linear_probe: classes, got ${classes}, wanted ${model.classes.length} as in train_labels`,
      );
    }
    const solution = { ulps: optimumUlps / Math.min(1, l2) };
    reader.expectScalar('objective', model.objective);
    reader.expectScalar('cross_entropy', model.crossEntropy, solution);
    reader.expectArray('weights', model.weights.data, solution);
    reader.expectArray('bias', model.bias, solution);
    reader.expectArray('feature_mean', model.scale.mean);
    reader.expectArray('feature_std', model.scale.std);

    const { predictions, scores } = linearPredictions(model, test);
    reader.expectArray('test_predictions', predictions);
    reader.expectScalar('min_test_margin', smallestMargin(scores), { ...solution, magnitude: 1 });
    reader.expectScalar('train_accuracy', share(linearPredictions(model, train).predictions, trainLabels));
    const accuracy = share(predictions, testLabels);
    reader.expectScalar('test_accuracy', accuracy);
    reader.expectScalar('sklearn_test_accuracy', nearSklearn(reader, accuracy, test.rows));
  },
};

/** The least distance in any row between the highest score and the next. */
function smallestMargin(scores: Matrix): number {
  let smallest = Infinity;
  for (let i = 0; i < scores.rows; i++) {
    const row = scores.data.slice(i * scores.columns, (i + 1) * scores.columns).sort();
    smallest = Math.min(smallest, row[row.length - 1] - row[row.length - 2]);
  }
  return smallest;
}

function share(predictions: Int32Array, labels: ArrayLike<number>): number {
  return predictions.reduce((sum, predicted, i) => sum + (predicted === labels[i] ? 1 : 0), 0) / predictions.length;
}

/**
 * scikit-learn's accuracy before its solution was polished. It stops at its own tolerance, so a test row that close to a boundary may
 * fall on the other side: within one row of ours it counts as ours.
 */
function nearSklearn(reader: CaseReader, accuracy: number, rows: number): number {
  const theirs = reader.output('sklearn_test_accuracy');
  return typeof theirs === 'number' && Math.abs(theirs - accuracy) <= 1.5 / rows ? theirs : accuracy;
}
