import { tf, type Scalar, type Tensor, type Tensor2D } from '../../tf.js';
import type { SaveForGradient } from '../columns.js';
import { squaresOf, total } from '../decorrelation/webgpu.js';
import { tiledProduct } from '../webgpu-product.js';

/**
 * `sum_{j != k} C_jk^2` of two standardised views: `X^T Y` in tiles, its squares summed on the device; backward a product for each view.
 *
 *     dX = 2 dy / N^2 Y M^T,   dY = 2 dy / N^2 X M,   M = X^T Y without its diagonal
 */
export function offDiagonalWebgpu(x: Tensor2D, y: Tensor2D): Scalar {
  const weight = 1 / x.shape[0] ** 2;
  return tf.customGrad<Scalar>((left, right, save) => {
    const [a, b] = [left as Tensor2D, right as Tensor2D];
    const products = tiledProduct({ a, b, layout: 'transposed-plain', factor: 1 });
    (save as SaveForGradient)([a, b, products]);
    return {
      value: total(squaresOf(products, true), weight),
      gradFunc: (dy, saved: Tensor[]) => {
        const [savedX, savedY, matrix] = saved as Tensor2D[];
        const share = { b: matrix, scale: dy, factor: 2 * weight };
        return [
          tiledProduct({ a: savedY, layout: 'plain-hollow-transposed', ...share }),
          tiledProduct({ a: savedX, layout: 'plain-hollow', ...share }),
        ];
      },
    };
  })(x, y);
}
