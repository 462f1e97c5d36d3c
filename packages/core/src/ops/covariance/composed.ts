import { tf, type Tensor2D } from '../../tf.js';
import { centreColumns } from '../columns.js';

export function covarianceComposed(z: Tensor2D, centred: boolean, ddof: number): Tensor2D {
  return tf.tidy(() => {
    const x = centred ? centreColumns(z) : z;
    return tf.div(tf.matMul(x, x, true, false), z.shape[0] - ddof);
  });
}
