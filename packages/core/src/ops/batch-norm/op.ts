import { checkNumber, checkShapes, shapeText } from '../../checks.js';
import { ShapeError } from '../../errors.js';
import { tf, type Tensor, type Tensor1D } from '../../tf.js';
import { chooseImplementation, type ImplementationOption } from '../implementation.js';
import { batchNormComposed } from './composed.js';
import { batchNormTensorflow } from './tensorflow.js';
import { batchNormWasm } from './wasm.js';

export interface BatchNormOptions extends ImplementationOption {
  /** Added to the variance. Default 1e-5. */
  readonly eps: number;
  /** Whether `y` is clamped below at 0, as a ReLU behind it would. Default false. */
  readonly relu: boolean;
}

export interface BatchNormResult<T extends Tensor> {
  readonly y: T;
  /** `[C]`: the batch's mean, for running statistics. */
  readonly mean: Tensor1D;
  /** `[C]`: the batch's biased variance, without eps. */
  readonly variance: Tensor1D;
}

/** The backends with a kernel of their own. */
export const batchNormFused = ['wasm', 'tensorflow'] as const;

const forms = { composed: batchNormComposed, wasm: batchNormWasm, tensorflow: batchNormTensorflow } as const;

/**
 * Batch normalisation in training mode: every channel with mean 0 and variance 1 over the batch and all positions.
 *
 *     y = gamma (x - mean_c) / sqrt(var_c + eps) + beta,   var_c biased;   with `relu` max(y, 0)
 *
 * A variance that overflows float32 is infinite in the result, and in the composed form its channel NaN.
 *
 * @param x `[N, C]`, `[N, H, W, C]` or any rank from 2, channels last; at least 2 values a channel.
 * @param gamma `[C]`, 1 where absent.
 * @param beta `[C]`, 0 where absent.
 * @returns `y` in the shape of `x`, and the statistics; differentiable.
 * @throws ShapeError "batchNorm: gamma has C=4, wanted C=8 as in x", "batchNorm: x has 1 value a channel, wanted 2 or more".
 * @throws InputError for an `eps` that is not above 0.
 * @see Ioffe and Szegedy, arXiv:1502.03167
 */
export function batchNorm<T extends Tensor>(
  x: T,
  gamma?: Tensor1D,
  beta?: Tensor1D,
  options: Partial<BatchNormOptions> = {},
): BatchNormResult<T> {
  const { eps = 1e-5, relu = false } = options;
  const { C } = checkShapes('batchNorm', {
    x: [x, '... N C'],
    ...(gamma && { gamma: [gamma, 'C'] }),
    ...(beta && { beta: [beta, 'C'] }),
  });
  const rows = x.size / C;
  if (rows < 2)
    throw new ShapeError(`batchNorm: x has ${rows} value a channel, wanted 2 or more; shape ${shapeText(x)}`);
  checkNumber('batchNorm', 'eps', eps, { above: 0 });
  const normalised = forms[chooseImplementation('batchNorm', options, batchNormFused)];
  return tf.tidy(() => {
    const { y, mean, variance } = normalised(tf.reshape<tf.Rank.R2>(x, [rows, C]), gamma, beta, { eps, relu });
    return { y: tf.reshape(y, x.shape) as T, mean, variance };
  });
}
