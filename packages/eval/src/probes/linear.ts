import { InputError, rootStream, ShapeError, type Stream } from '@jembench/core';
import { gatherRows, matrix, requireFinite, requireShape, transpose, type Matrix } from '../matrix/matrix.js';
import { accuracyInterval, type Accuracy } from './interval.js';
import { classCount, classIndices } from './labels.js';
import { SoftmaxRegression, logits, softmaxInPlace, type SoftmaxParameters } from './softmax-regression.js';
import { featureScale, standardised, type FeatureScale } from './standardised.js';

/** A fitted linear classifier on frozen features. */
export interface LinearModel {
  /** Weights on standardised features, `[D, K]`. */
  readonly weights: Matrix;
  /** `[K]`, of mean 0: a constant added to all of them changes no prediction. */
  readonly bias: Float64Array;
  /** What features are standardised with: statistics of the training rows. */
  readonly scale: FeatureScale;
  /** The class index of each of the `K` columns, ascending: the classes that the training rows have. */
  readonly classes: Int32Array;
  readonly l2: number;
  /** Mean cross-entropy in nats plus `l2/2 sum W^2`, at the end of the fit. */
  readonly objective: number;
  readonly crossEntropy: number;
  /** Largest magnitude in the gradient of the objective, and whether it is within the tolerance. */
  readonly gradientNorm: number;
  readonly converged: boolean;
  readonly iterations: number;
}

/** Options of {@link linearModel}. */
export interface LinearModelOptions {
  /** Penalty on the squared weights, `> 0`. scikit-learn's `C` is `1 / (l2 N)`. */
  readonly l2: number;
  /** The optimum is reached when no component of the gradient is larger. Default 1e-6. */
  readonly gradientTolerance: number;
  /** Default 1000; a fit that stops there says `converged: false`. */
  readonly maxIterations: number;
}

/** Options of {@link linearProbe}. */
export interface LinearProbeOptions {
  /** Fixes the penalty. Default: chosen on a split of the training rows. */
  readonly l2: number | undefined;
  readonly gradientTolerance: number;
  readonly maxIterations: number;
  /** Decides the split. Default: `rootStream(0).fork('linear-probe')`. */
  readonly stream: Stream;
}

/** One penalty that was tried, scored on the held-out part of the training rows. */
export interface TriedPenalty {
  readonly l2: number;
  readonly crossEntropy: number;
  /** Percent. */
  readonly accuracy: number;
}

/** What {@link linearProbe} returns. */
export interface LinearProbeResult {
  readonly test: Accuracy;
  /** On the rows it was fitted to. */
  readonly train: Accuracy;
  readonly model: LinearModel;
  /** The predicted class of each test row, `[M]`. */
  readonly predictions: Int32Array;
  /** The penalties tried, strongest first; empty when `l2` was given, or when the training rows are too few to hold any out. */
  readonly selection: readonly TriedPenalty[];
}

/** Penalties from strong to weak, half a decade apart. */
export const linearProbePenalties: readonly number[] = Array.from({ length: 11 }, (_, i) => 10 ** (-i / 2));

/** The share of each class that is held out to choose the penalty. */
const HELD_OUT = 0.2;
/** The penalty when no class has rows enough to hold one out. */
const FALLBACK_L2 = 1e-2;
/** Choosing a penalty needs no exact optimum. */
const SELECTION_TOLERANCE = 1e-4;

/**
 * Multinomial logistic regression to its optimum.
 *
 *     mean cross-entropy(softmax(standardised(x) W + b), labels) + l2/2 sum W^2
 *
 * The objective is strictly convex in `W`, so the result does not depend on the path: L-BFGS until no component of the gradient
 * exceeds the tolerance. A feature that does not vary gets weight 0. Classes without a training row are never predicted.
 *
 * @param train `[N, D]`. @param labels `[N]` class indices.
 * @throws ShapeError for shapes that do not fit; InputError for a value that is not finite, a label that is no class index, or `l2 <= 0`.
 * @see Pedregosa et al., scikit-learn 1.2.1 LogisticRegression (same optimum)
 */
export function linearModel(
  train: Matrix,
  labels: ArrayLike<number>,
  options: Pick<LinearModelOptions, 'l2'> & Partial<LinearModelOptions>,
): LinearModel {
  const { l2, gradientTolerance = 1e-6, maxIterations = 1000 } = options;
  requirePenalty('linearModel', l2);
  requireShape('linearModel', 'train', train, 1);
  requireFinite('linearModel', 'train', train);
  const indices = classIndices('linearModel', 'labels', labels, train.rows);
  return new Fit(train, indices).model({ l2, gradientTolerance, maxIterations });
}

/** The predicted class of every row of `x` and the scores behind it (`[M, K]`, columns as in `model.classes`). */
export function linearPredictions(model: LinearModel, x: Matrix): { predictions: Int32Array; scores: Matrix } {
  if (x.columns !== model.weights.rows) {
    throw new ShapeError(
      `linearPredictions: x, got rows of ${x.columns} values, wanted ${model.weights.rows} as in training`,
    );
  }
  requireFinite('linearPredictions', 'x', x);
  const scores = logits(standardised(x, model.scale), parametersOf(model), model.classes.length);
  return { predictions: winners(scores, model.classes), scores };
}

/**
 * Linear probe: a linear classifier on frozen features, scored on rows that took no part in any choice.
 *
 * The penalty is chosen on a stratified fifth of the training rows, by cross-entropy (less noisy than accuracy at these sizes): from
 * strong to weak, each fit starting from the last, until the held-out cross-entropy has risen twice in a row. Then one fit of all
 * training rows, from where the chosen one ended. Deterministic.
 *
 * @param train `[N, D]`. @param trainLabels `[N]`. @param test `[M, D]`, `M >= 1`. @param testLabels `[M]`.
 * @throws ShapeError for shapes that do not fit; InputError for a value that is not finite or a label that is no class index.
 */
export function linearProbe(
  train: Matrix,
  trainLabels: ArrayLike<number>,
  test: Matrix,
  testLabels: ArrayLike<number>,
  options: Partial<LinearProbeOptions> = {},
): LinearProbeResult {
  const { l2, gradientTolerance = 1e-6, maxIterations = 1000, stream = rootStream(0).fork('linear-probe') } = options;
  requireShape('linearProbe', 'train', train, 1);
  requireShape('linearProbe', 'test', test, 1);
  if (train.columns !== test.columns) {
    throw new ShapeError(`linearProbe: test, got rows of ${test.columns} values, wanted ${train.columns} as in train`);
  }
  requireFinite('linearProbe', 'train', train);
  requireFinite('linearProbe', 'test', test);
  if (l2 !== undefined) requirePenalty('linearProbe', l2);
  const labels = classIndices('linearProbe', 'trainLabels', trainLabels, train.rows);
  const wanted = classIndices('linearProbe', 'testLabels', testLabels, test.rows);

  const selection = l2 === undefined ? triedPenalties(train, labels, stream, maxIterations) : [];
  const best = selection.reduce<FittedPenalty | undefined>(
    (least, fitted) => (least === undefined || fitted.tried.crossEntropy < least.tried.crossEntropy ? fitted : least),
    undefined,
  );
  const model = new Fit(train, labels).model(
    { l2: l2 ?? best?.tried.l2 ?? FALLBACK_L2, gradientTolerance, maxIterations },
    best?.parameters,
  );
  const { predictions } = linearPredictions(model, test);
  const fitted = linearPredictions(model, train).predictions;
  return {
    test: accuracyInterval(countEqual(predictions, wanted), test.rows),
    train: accuracyInterval(countEqual(fitted, labels), train.rows),
    model,
    predictions,
    selection: selection.map(({ tried }) => tried),
  };
}

/** Standardised training rows with the classes that they have, ready to be fitted for any penalty. */
class Fit {
  readonly scale: FeatureScale;
  readonly classes: Int32Array;
  readonly regression: SoftmaxRegression;
  readonly #columns: number;

  constructor(train: Matrix, labels: Int32Array) {
    const seen = new Set(labels);
    this.classes = Int32Array.from(seen).sort();
    const columnOf = new Int32Array(classCount(labels));
    this.classes.forEach((label, k) => (columnOf[label] = k));
    this.scale = featureScale(train);
    this.#columns = train.columns;
    this.regression = new SoftmaxRegression(
      standardised(train, this.scale),
      labels.map((label) => columnOf[label]),
      this.classes.length,
    );
  }

  /** @param start where to begin; it is near where a fit of most of these rows ended. */
  model(options: LinearModelOptions, start: SoftmaxParameters = this.regression.prior()): LinearModel {
    const { l2 } = options;
    const { x, value, gradientNorm, converged, iterations } = this.regression.fit({ ...options, start });
    const d = this.#columns;
    const k = this.classes.length;
    const weights = transpose(matrix(x.slice(0, k * d), k, d));
    const bias = x.slice(k * d);
    const mean = bias.reduce((sum, b) => sum + b, 0) / k;
    const squares = weights.data.reduce((sum, w) => sum + w * w, 0);
    return {
      weights,
      bias: bias.map((b) => b - mean),
      scale: this.scale,
      classes: this.classes,
      l2,
      objective: value,
      crossEntropy: value - (l2 / 2) * squares,
      gradientNorm,
      converged,
      iterations,
    };
  }
}

/** A penalty that was tried, and the fit of the kept rows. */
interface FittedPenalty {
  readonly tried: TriedPenalty;
  readonly parameters: SoftmaxParameters;
}

/** Scores penalties from strong to weak on held-out training rows. */
function triedPenalties(train: Matrix, labels: Int32Array, stream: Stream, maxIterations: number): FittedPenalty[] {
  const { kept, held } = stratifiedSplit(labels, stream.fork('held-out'));
  if (held.length === 0) return [];
  const fit = new Fit(
    gatherRows(train, kept),
    Int32Array.from(kept, (i) => labels[i]),
  );
  const rows = standardised(gatherRows(train, held), fit.scale);
  const wanted = Int32Array.from(held, (i) => labels[i]);
  const fitted: FittedPenalty[] = [];
  let start = fit.regression.prior();
  let rises = 0;
  for (const l2 of linearProbePenalties) {
    start = fit.regression.fit({ l2, gradientTolerance: SELECTION_TOLERANCE, maxIterations, start }).x;
    const scores = logits(rows, start, fit.classes.length);
    const accuracy = (100 * countEqual(winners(scores, fit.classes), wanted)) / held.length;
    const crossEntropy = meanCrossEntropy(scores, fit.classes, wanted);
    const before = fitted.at(-1)?.tried;
    rises = before !== undefined && crossEntropy > before.crossEntropy ? rises + 1 : 0;
    fitted.push({ tried: { l2, crossEntropy, accuracy }, parameters: start });
    if (rises === 2) break;
  }
  return fitted;
}

/** A fifth of each class, at random; a class of one or two rows stays whole, so that the kept rows have every class. */
function stratifiedSplit(labels: Int32Array, stream: Stream): { kept: number[]; held: number[] } {
  const members = new Map<number, number[]>();
  for (const i of stream.permutation(labels.length)) {
    const list = members.get(labels[i]);
    if (list === undefined) members.set(labels[i], [i]);
    else list.push(i);
  }
  const kept: number[] = [];
  const held: number[] = [];
  for (const list of members.values()) {
    const count = Math.round(HELD_OUT * list.length);
    held.push(...list.slice(0, count));
    kept.push(...list.slice(count));
  }
  return { kept: kept.sort((a, b) => a - b), held: held.sort((a, b) => a - b) };
}

function meanCrossEntropy(scores: Matrix, classes: Int32Array, wanted: Int32Array): number {
  const k = classes.length;
  let sum = 0;
  for (let i = 0; i < scores.rows; i++) {
    const row = scores.data.slice(i * k, (i + 1) * k);
    const score = row[classes.indexOf(wanted[i])];
    sum += softmaxInPlace(row) - score;
  }
  return sum / scores.rows;
}

/** The class with the highest score in each row, the smaller index on a tie. */
function winners(scores: Matrix, classes: Int32Array): Int32Array {
  const k = classes.length;
  return Int32Array.from({ length: scores.rows }, (_, i) => {
    let first = 0;
    for (let c = 1; c < k; c++) if (scores.data[i * k + c] > scores.data[i * k + first]) first = c;
    return classes[first];
  });
}

function parametersOf(model: LinearModel): SoftmaxParameters {
  const { weights, bias } = model;
  const parameters = new Float64Array(weights.data.length + bias.length);
  parameters.set(transpose(weights).data);
  parameters.set(bias, weights.data.length);
  return parameters;
}

function countEqual(a: Int32Array, b: Int32Array): number {
  let count = 0;
  for (let i = 0; i < a.length; i++) if (a[i] === b[i]) count++;
  return count;
}

function requirePenalty(where: string, l2: number): void {
  if (!(l2 > 0 && l2 < Infinity)) throw new InputError(`${where}: l2, got ${l2}, wanted a positive number`);
}
