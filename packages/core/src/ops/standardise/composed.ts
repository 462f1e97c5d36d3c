import { tf, type Tensor2D } from '../../tf.js';
import { centreColumns, columnMeans, inverseRoot, scaleColumns } from '../columns.js';

export function standardiseComposed(z: Tensor2D, eps: number): Tensor2D {
  return tf.tidy(() => {
    const x = centreColumns(z);
    return scaleColumns(x, inverseRoot(tf.add(columnMeans(tf.square(x)), eps)));
  });
}
