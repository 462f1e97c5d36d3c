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
    return tf.mean(tf.relu(tf.sub(gamma, spread === 'std' ? tf.sqrt(tf.add(variance, eps)) : variance)));
  });
}
