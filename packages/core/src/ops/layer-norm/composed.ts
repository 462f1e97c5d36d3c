import { tf, type Tensor1D, type Tensor2D } from '../../tf.js';
import { inverseRoot, scaleColumns, shiftColumns } from '../columns.js';
import { stopGradient } from '../stop-gradient.js';

export function layerNormComposed(
  x: Tensor2D,
  gamma: Tensor1D | undefined,
  beta: Tensor1D | undefined,
  eps: number,
): Tensor2D {
  const D = x.shape[1];
  return tf.tidy(() => {
    const first = tf.sub(x, tf.mean(x, 1, true));
    // What the rounding of the mean left behind: as in centreColumns, and constant, as centring is a projection.
    const centred: Tensor2D = tf.sub(first, stopGradient(tf.mean(first, 1, true)));
    let y: Tensor2D = tf.mul(centred, inverseRoot(tf.add(tf.mean(tf.square(centred), 1, true), eps)));
    if (gamma !== undefined) y = scaleColumns(y, tf.reshape(gamma, [1, D]));
    if (beta !== undefined) y = shiftColumns(y, tf.reshape(beta, [1, D]));
    return y;
  });
}
