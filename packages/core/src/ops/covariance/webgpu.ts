import { tf, type Tensor, type Tensor2D } from '../../tf.js';
import type { SaveForGradient } from '../columns.js';
import { tiledProduct } from '../webgpu-product.js';
import { eachRow, inColumnsOf, runOverColumns } from '../webgpu-reductions.js';

/** Half of the products forward, in tiles; one product backward. */
export function covarianceWebgpu(z: Tensor2D, centred: boolean, ddof: number): Tensor2D {
  const share = 1 / (z.shape[0] - ddof);
  return tf.customGrad<Tensor2D>((batch, save) => {
    const x = centred ? centredWebgpu(batch as Tensor2D) : (batch as Tensor2D);
    (save as SaveForGradient)([x]);
    return {
      value: tiledProduct({ a: x, b: x, layout: 'transposed-plain', isSymmetric: true, factor: share }),
      // X is centred, and with it every combination of its columns.
      gradFunc: (dy, [saved]: Tensor[]) =>
        tiledProduct({ a: saved as Tensor2D, b: dy, layout: 'plain-symmetrised', factor: share }),
    };
  })(z);
}

/** `[N, D]` without its column means, which are subtracted twice as in `centreColumns`. */
export function centredWebgpu(z: Tensor2D): Tensor2D {
  const code = `
    fn main(index: i32) {
      ${inColumnsOf('z')}
      var sum = 0.0;
      ${eachRow('sum = sum + z[row * columns + column];')}
      let mean = sumOfColumn(sum) / f32(rows);
      sum = 0.0;
      ${eachRow('sum = sum + (z[row * columns + column] - mean);')}
      let rest = sumOfColumn(sum) / f32(rows);
      ${eachRow('let i = row * columns + column; result[i] = (z[i] - mean) - rest;')}
    }`;
  return runOverColumns({ name: 'centred', code, shape: z.shape }, { z });
}
