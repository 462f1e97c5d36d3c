import { tf, type Scalar, type Tensor2D } from '../../tf.js';
import { centreColumns, columnSums } from '../columns.js';

export interface VarianceHingeSettings {
  readonly gamma: number;
  readonly eps: number;
  readonly spread: 'std' | 'variance';
  readonly centred: boolean;
  readonly ddof: number;
}

export function varianceHingeComposed(z: Tensor2D, settings: VarianceHingeSettings): Scalar {
  const { gamma, eps, spread, centred, ddof } = settings;
  return tf.tidy(() => {
    const x = centred ? centreColumns(z) : z;
    const variance = tf.div(columnSums(tf.square(x)), z.shape[0] - ddof);
    const missing = tf.sub(gamma, spread === 'std' ? tf.sqrt(tf.add(variance, eps)) : variance);
    // wasm's relu makes 0 of a NaN whose sign is set, such as Infinity - Infinity; the product keeps it.
    return tf.mean(tf.add(tf.relu(missing), tf.mul(missing, 0)));
  });
}
