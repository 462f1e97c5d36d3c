import {
  ShapeError,
  checkNumber,
  checkShapes,
  tf,
  type Scalar,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from '@jembench/core';
import { constant, scoped } from './scope.js';
import { totalSum } from './sums.js';

export interface Data2vecOptions {
  /** Where smooth-L1 turns from quadratic to linear; 0 is the squared error. */
  readonly beta: number;
  /** Factor of every token's loss, by default `1 / sqrt(C)`. */
  readonly scale: number;
}

export interface Data2vecLoss {
  /** `sum / masked`: the mean over the masked tokens. */
  readonly total: Scalar;
  /** The official regression loss, summed over the masked tokens. */
  readonly sum: Scalar;
  /** How many tokens are masked. */
  readonly masked: Scalar;
  /** The variance monitor: mean over C of `sqrt(unbiased variance over the masked tokens + 1e-6)`. See `data2vecWarnings`. */
  readonly targetStd: Scalar;
  readonly predictionStd: Scalar;
}

/**
 * Data2Vec's regression of the teacher's representation at the masked positions.
 *
 *     mean over masked (b,t) of  scale * sum_c loss(pred - target)
 *     loss(d) = d^2                                       for beta = 0
 *             = d^2 / (2 beta) if |d| < beta, else |d| - beta / 2
 *
 * The positions that are not masked are left out altogether: whatever stands there, even NaN, reaches neither value nor gradient.
 * With no masked position the loss is 0. No gradient reaches the targets.
 *
 * The official model returns `sum` and its trainer divides by the number of masked tokens. The squared error has no factor 1/2, so
 * beta near 0 and beta = 0 are different functions; that is the official code's choice, too.
 *
 * @param prediction `[B, T, C]` the student's output for every token.
 * @param target `[B, T, C]` from `data2vecTargets`.
 * @param mask `[B, T]` 1 (or true) where the student's input was masked.
 * @throws ShapeError "data2vec: target has C=4, wanted C=8 as in prediction".
 * @see Baevski et al., arXiv:2202.03555; facebookresearch/fairseq@3d262bb examples/data2vec/models/data2vec_vision.py
 */
export function data2vec(
  prediction: Tensor3D,
  target: Tensor3D,
  mask: Tensor2D,
  { beta = 2, scale = 1 / Math.sqrt(prediction.shape[2] ?? 1) }: Partial<Data2vecOptions> = {},
): Data2vecLoss {
  const { B, T } = checkShapes('data2vec', { prediction: [prediction, 'B T C'], target: [target, 'B T C'] });
  if (mask.rank !== 2 || mask.shape[0] !== B || mask.shape[1] !== T) {
    throw new ShapeError(`data2vec: mask has shape [${mask.shape.join(',')}], wanted [${B},${T}]: one flag a token`);
  }
  checkNumber('data2vec', 'beta', beta, { from: 0 });
  checkNumber('data2vec', 'scale', scale, { above: 0 });
  return scoped(() => {
    const flags = tf.cast(tf.expandDims(mask, 2), 'bool');
    const masked = tf.sum<Scalar>(tf.cast(flags, 'float32'));
    const zero = tf.zerosLike(prediction);
    const goal = constant(target, (x) => tf.where(flags, x, zero));
    // The student's values are replaced before the subtraction, not the loss after it: an infinite one times a zero gradient is NaN.
    const distance = tf.abs(tf.sub(tf.where(flags, prediction, zero), goal));
    const sum = tf.mul<Scalar>(totalSum(beta === 0 ? tf.square(distance) : smoothL1(distance, beta)), scale);
    return {
      total: tf.div<Scalar>(sum, tf.maximum(masked, 1)),
      sum,
      masked,
      targetStd: constant(goal, (x) => meanStd(x, flags, masked)),
      predictionStd: constant(prediction, (x) => meanStd(tf.where(flags, x, zero), flags, masked)),
    };
  });
}

/** Both branches in one: with q = min(|d|, beta) it is q (|d| - q/2) / beta. */
function smoothL1(distance: Tensor, beta: number): Tensor {
  const q = tf.minimum(distance, beta);
  return tf.div(tf.mul(q, tf.sub(distance, tf.mul(q, 0.5))), beta);
}

/** `x` is zero where the flags are not set. */
function meanStd(x: Tensor, flags: Tensor, masked: Scalar): Scalar {
  const mean = tf.div(tf.sum(x, [0, 1], true), tf.maximum(masked, 1));
  const centred = tf.where(flags, tf.sub(x, mean), tf.zerosLike(x));
  const variance = tf.div(tf.sum(tf.square(centred), [0, 1]), tf.maximum(tf.sub(masked, 1), 1));
  return tf.mean<Scalar>(tf.sqrt(tf.add(variance, 1e-6)));
}

/** Floors of the two standard deviations, as in the official code. */
export interface Data2vecFloors {
  readonly targetStd: number;
  readonly predictionStd: number;
}

/**
 * What the variance monitor has to say: one sentence for each standard deviation below its floor, none when all is well.
 *
 * A prediction or target that no longer varies over tokens is the collapse Data2Vec is prone to. The official code stops the training
 * after 5000 updates; here the caller decides. A value that is not a number is below every floor.
 *
 * @param monitor the numbers of `Data2vecLoss`, read from the device.
 */
export function data2vecWarnings(
  monitor: Data2vecFloors,
  { targetStd = 0.1, predictionStd = 0.01 }: Partial<Data2vecFloors> = {},
): string[] {
  const below = (what: string, value: number, floor: number): string[] =>
    value >= floor ? [] : [`data2vec: std of the ${what}, got ${value}, wanted at least ${floor}: they are collapsing`];
  return [
    ...below('targets', monitor.targetStd, targetStd),
    ...below('predictions', monitor.predictionStd, predictionStd),
  ];
}
