import { runWebgpuKernel } from '../backends/webgpu-kernel.js';
import type { Tensor, Tensor2D } from '../tf.js';

/** How the elements of both factors are read. */
const readers = {
  /** `A^T B`. */
  'transposed-plain': ['a[k * rows + row]', 'b[k * columns + column]'],
  /** `A B^T`. */
  'plain-transposed': ['a[row * depth + k]', 'b[column * depth + k]'],
  /** `A B`. */
  'plain-plain': ['a[row * depth + k]', 'b[k * columns + column]'],
  /** `A (B + B^T)`. */
  'plain-symmetrised': ['a[row * depth + k]', 'b[k * columns + column] + b[column * columns + k]'],
  /** `A B` without the diagonal of B. */
  'plain-hollow': ['a[row * depth + k]', 'select(b[k * columns + column], 0.0, k == column)'],
  /** `A B^T` without the diagonal of B. */
  'plain-hollow-transposed': ['a[row * depth + k]', 'select(b[column * depth + k], 0.0, k == column)'],
} as const;

/** Whether a column of the result is made with a row of B. */
const isReadAcross = (layout: keyof typeof readers): boolean => layout.endsWith('-transposed');

export interface Product {
  readonly a: Tensor2D;
  readonly b: Tensor2D;
  readonly layout: keyof typeof readers;
  readonly factor: number;
  /** The result is symmetric: tiles below the diagonal are mirrored. Default false. */
  readonly isSymmetric?: boolean;
  /** A scalar that the result is multiplied with, too. */
  readonly scale?: Tensor;
  /** `[1, columns]`: for a square `A`, the result is `A B - B diag(minus)`. */
  readonly minus?: Tensor2D;
}

/** A thread computes 4 x 4 elements; a workgroup of 16 x 16 threads a tile of 64 x 64, or one of 8 x 8 threads 32 x 32 where that keeps more of the device busy. */
const sides = [16, 8] as const;
const fewTiles = 64;

/** `factor scale (A B - B diag(minus))` in tiles: each value is read once a tile into shared memory, and from there sixteen times. */
export function tiledProduct({ a, b, layout, factor, isSymmetric = false, scale, minus }: Product): Tensor2D {
  const isTransposed = layout === 'transposed-plain';
  const rows = a.shape[isTransposed ? 1 : 0];
  const columns = b.shape[isReadAcross(layout) ? 0 : 1];
  const tiles = (side: number): { down: number; across: number; all: number } => {
    const [down, across] = [rows, columns].map((length) => Math.ceil(length / (4 * side)));
    return { down, across, all: isSymmetric ? (down * (down + 1)) / 2 : down * across };
  };
  const side = tiles(sides[0]).all < fewTiles ? sides[1] : sides[0];
  const variant = [layout, isSymmetric ? 'symmetric' : '', scale ? 'scaled' : '', minus ? 'minus' : '', side];
  return runWebgpuKernel(
    {
      name: `product ${variant.join(' ')}`,
      code: productCode(layout, isSymmetric, side, { scale: scale !== undefined, minus: minus !== undefined }),
      threads: side * side,
      workgroups: tiles(side).all,
      shape: [rows, columns],
      numbers: { factor },
    },
    { a, b, ...(scale && { scale }), ...(minus && { minus }) },
  );
}

function productCode(
  layout: keyof typeof readers,
  isSymmetric: boolean,
  side: number,
  has: { readonly scale: boolean; readonly minus: boolean },
): string {
  const [readA, readB] = readers[layout];
  const isTransposed = layout === 'transposed-plain';
  const each = [0, 1, 2, 3];
  const value = has.minus ? '(value - b[row * columns + column] * minus[column])' : 'value';
  // The upper tiles row by row: tile t is in row r where r (2 n + 1 - r) / 2 <= t; float32 finds it but for one.
  const place = isSymmetric
    ? `
      let n = (rows + ${4 * side - 1}) / ${4 * side};
      let m = f32(2 * n + 1);
      var down = i32((m - sqrt(max(m * m - 8.0 * f32(tile), 0.0))) / 2.0);
      if (down * (2 * n + 1 - down) / 2 > tile) { down = down - 1; }
      if ((down + 1) * (2 * n - down) / 2 <= tile) { down = down + 1; }
      let across = down + tile - down * (2 * n + 1 - down) / 2;`
    : `
      let n = (columns + ${4 * side - 1}) / ${4 * side};
      let down = tile / n;
      let across = tile % n;`;
  return `
    var<workgroup> tileA: array<array<vec4<f32>, ${side}>, ${side}>;
    var<workgroup> tileB: array<array<vec4<f32>, ${side}>, ${side}>;

    fn rowCount() -> i32 { return uniforms.aShape.${isTransposed ? 'y' : 'x'}; }
    fn depthCount() -> i32 { return uniforms.aShape.${isTransposed ? 'x' : 'y'}; }
    fn columnCount() -> i32 { return uniforms.bShape.${isReadAcross(layout) ? 'x' : 'y'}; }

    fn valueA(row: i32, k: i32) -> f32 {
      let rows = rowCount();
      let depth = depthCount();
      if (row < rows && k < depth) { return ${readA}; }
      return 0.0;
    }

    fn valueB(k: i32, column: i32) -> f32 {
      let depth = depthCount();
      let columns = columnCount();
      if (k < depth && column < columns) { return ${readB}; }
      return 0.0;
    }

    fn write(row: i32, column: i32, value: f32, mirrored: bool) {
      let rows = rowCount();
      let columns = columnCount();
      if (row >= rows || column >= columns) { return; }
      let finished = ${value} * uniforms.factor${has.scale ? ' * scale[0]' : ''};
      result[row * columns + column] = finished;
      ${isSymmetric ? 'if (mirrored) { result[column * columns + row] = finished; }' : ''}
    }

    fn main(index: i32) {
      let rows = rowCount();
      let columns = columnCount();
      let tile = index / ${side * side};
      ${place}
      let firstRow = ${4 * side} * down;
      let firstColumn = ${4 * side} * across;
      let y = i32(localId.x) / ${side};
      let x = i32(localId.x) % ${side};
      ${each.map((i) => `var sum${i} = vec4<f32>(0.0);`).join(' ')}
      for (var k = 0; k < depthCount(); k = k + ${side}) {
        let rowOfLoad = firstRow + 4 * x;
        let columnOfLoad = firstColumn + 4 * x;
        tileA[y][x] = vec4<f32>(${each.map((i) => `valueA(rowOfLoad + ${i}, k + y)`).join(', ')});
        tileB[y][x] = vec4<f32>(${each.map((i) => `valueB(k + y, columnOfLoad + ${i})`).join(', ')});
        workgroupBarrier();
        for (var inner = 0; inner < ${side}; inner = inner + 1) {
          let left = tileA[inner][y];
          let right = tileB[inner][x];
          ${each.map((i) => `sum${i} = sum${i} + left[${i}] * right;`).join(' ')}
        }
        workgroupBarrier();
      }
      for (var j = 0; j < 4; j = j + 1) {
        let column = firstColumn + 4 * x + j;
        ${each.map((i) => `write(firstRow + 4 * y + ${i}, column, sum${i}[j], down != across);`).join(' ')}
      }
    }`;
}
