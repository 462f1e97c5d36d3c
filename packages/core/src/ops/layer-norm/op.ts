import { checkNumber, checkShapes } from '../../checks.js';
import { tf, type Tensor, type Tensor1D } from '../../tf.js';
import { chooseImplementation, type ImplementationOption } from '../implementation.js';
import { layerNormComposed } from './composed.js';
import { layerNormWasm } from './wasm.js';

export interface LayerNormOptions extends ImplementationOption {
  /** Added to the variance. Default 1e-5. */
  readonly eps: number;
}

/** The backends with a kernel of their own. */
export const layerNormFused = ['wasm'] as const;

/**
 * Layer normalisation: every row with mean 0 and variance 1 over the last axis.
 *
 *     y = gamma (x - mean_row) / sqrt(var_row + eps) + beta,   var_row biased
 *
 * A constant row gives `beta`. In the composed form a row whose variance overflows float32 gives NaN.
 *
 * @param x `[..., D]` float32.
 * @param gamma `[D]`, 1 where absent.
 * @param beta `[D]`, 0 where absent.
 * @returns the shape of `x`, differentiable by all three.
 * @throws ShapeError "layerNorm: gamma has D=4, wanted D=8 as in x", for a scalar or another dtype.
 * @throws InputError for an `eps` that is not above 0.
 * @see Ba et al., arXiv:1607.06450
 */
export function layerNorm<T extends Tensor>(
  x: T,
  gamma?: Tensor1D,
  beta?: Tensor1D,
  options: Partial<LayerNormOptions> = {},
): T {
  const { eps = 1e-5 } = options;
  const { D } = checkShapes('layerNorm', {
    x: [x, '... D'],
    ...(gamma && { gamma: [gamma, 'D'] }),
    ...(beta && { beta: [beta, 'D'] }),
  });
  checkNumber('layerNorm', 'eps', eps, { above: 0 });
  const normalised =
    chooseImplementation('layerNorm', options, layerNormFused) === 'wasm' ? layerNormWasm : layerNormComposed;
  return tf.tidy(() => {
    const rows = tf.reshape<tf.Rank.R2>(x, [x.size / D, D]);
    return tf.reshape(normalised(rows, gamma, beta, eps), x.shape) as T;
  });
}
