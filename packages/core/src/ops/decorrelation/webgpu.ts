import { tf, type Scalar, type Tensor, type Tensor2D } from '../../tf.js';
import type { SaveForGradient } from '../columns.js';
import { centredWebgpu } from '../covariance/webgpu.js';
import { tiledProduct } from '../webgpu-product.js';
import { eachRow, inColumnsOf, rowThreads, runOverColumns, runOverThreads } from '../webgpu-reductions.js';
import type { PenaltyForm } from './choose-form.js';

/**
 * The `[D, D]` or the `[N, N]` matrix in tiles, and its squares summed on the device; backward one product more.
 *
 * `auto` takes the direct form: reading what the Gram form's subtraction would lose costs more here than it saves.
 */
export function penaltyWebgpu(z: Tensor2D, centred: boolean, ddof: number, form: PenaltyForm | 'auto'): Scalar {
  const weight = 1 / (z.shape[0] - ddof) ** 2;
  return tf.customGrad<Scalar>((batch, save) => {
    const x = centred ? centredWebgpu(batch as Tensor2D) : (batch as Tensor2D);
    if (form === 'gram') {
      const gram = tiledProduct({ a: x, b: x, layout: 'plain-transposed', isSymmetric: true, factor: 1 });
      const squares = columnSquares(x);
      (save as SaveForGradient)([x, gram, squares]);
      return {
        value: total(squaresOf(gram, false), weight, squares),
        gradFunc: (dy, [values, matrix, minus]: Tensor[]) => {
          const [a, b] = [matrix as Tensor2D, values as Tensor2D];
          return tiledProduct({ a, b, minus: minus as Tensor2D, layout: 'plain-plain', scale: dy, factor: 4 * weight });
        },
      };
    }
    const moments = tiledProduct({ a: x, b: x, layout: 'transposed-plain', isSymmetric: true, factor: 1 });
    (save as SaveForGradient)([x, moments]);
    return {
      value: total(squaresOf(moments, true), weight),
      gradFunc: (dy, [values, matrix]: Tensor[]) => {
        const [a, b] = [values as Tensor2D, matrix as Tensor2D];
        return tiledProduct({ a, b, layout: 'plain-hollow', scale: dy, factor: 4 * weight });
      },
    };
  })(z);
}

/** `[1, D]`: the sum of the squares of each column. */
function columnSquares(x: Tensor2D): Tensor2D {
  const code = `
    fn main(index: i32) {
      ${inColumnsOf('x')}
      var sum = 0.0;
      ${eachRow('let value = x[row * columns + column]; sum = sum + value * value;')}
      let all = sumOfColumn(sum);
      if (column < columns && firstRow() == 0) { result[column] = all; }
    }`;
  return runOverColumns({ name: 'column squares', code, shape: [1, x.shape[1]] }, { x });
}

/** As many parts as fill a device; few enough for one workgroup to add up. */
const mostParts = 256;

/** `[1, parts]`: the squares of a matrix, summed in parts; those of its diagonal left out where it is `hollow`. */
export function squaresOf(c: Tensor2D, hollow: boolean): Tensor2D {
  // A single column has nothing beside its diagonal; what is not finite is to be seen all the same.
  const square = hollow
    ? 'select(value * value, select(0.0, value, (bitcast<u32>(value) & 0x7f800000u) == 0x7f800000u), i / side == i % side)'
    : 'value * value';
  const code = `
    fn main(index: i32) {
      let side = uniforms.cShape.y;
      let parts = uniforms.outShape.y;
      let part = index / ${rowThreads};
      var sum = 0.0;
      for (var i = index; i < side * side; i = i + ${rowThreads} * parts) {
        let value = c[i];
        sum = sum + ${square};
      }
      let all = sumOfAll(sum);
      if (localId.x == 0u && part < parts) { result[part] = all; }
    }`;
  const parts = Math.min(mostParts, Math.ceil(c.size / rowThreads));
  const name = `squares${hollow ? ' beside the diagonal' : ''}`;
  return runOverThreads({ name, code, shape: [1, parts] }, parts, { c });
}

/** `weight (sum parts - sum minus^2)`. */
export function total(parts: Tensor2D, weight: number, minus?: Tensor2D): Scalar {
  const subtract = `
      var squares = 0.0;
      for (var i = i32(localId.x); i < uniforms.minusShape.y; i = i + ${rowThreads}) {
        squares = squares + minus[i] * minus[i];
      }
      let all = sumOfAll(sum) - sumOfAll(squares);`;
  const code = `
    fn main(index: i32) {
      var sum = 0.0;
      for (var i = i32(localId.x); i < uniforms.partsShape.y; i = i + ${rowThreads}) { sum = sum + parts[i]; }
      ${minus === undefined ? 'let all = sumOfAll(sum);' : subtract}
      if (index == 0) { result[0] = all * uniforms.weight; }
    }`;
  const name = `total${minus === undefined ? '' : ' without squares'}`;
  const kernel = { name, code, shape: [1, 1], numbers: { weight } } as const;
  return tf.reshape(runOverThreads(kernel, 1, { parts, ...(minus && { minus }) }), []);
}
