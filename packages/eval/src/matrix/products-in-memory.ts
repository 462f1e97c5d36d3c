import { piece } from './accumulate.js';
import type { MatrixKernels } from './kernels.js';
import type { Matrix } from './matrix.js';

// Rows at a time: a block of `a` (256 KiB) and one of `b` (512 KiB) lie in the second-level cache while they are used.
const rowsOfA = 64;
const rowsOfB = 128;

// Where the blocks lie in the module's memory, in float64 values: `a`, `b`, `b` packed, and their products.
const atA = 0;
const atB = atA + rowsOfA * piece;
const atPacked = atB + rowsOfB * piece;
const atOut = atPacked + rowsOfB * piece;
const values = atOut + rowsOfA * rowsOfB;

const pageBytes = 65_536;

/** Adds `a b^T` to `out` block by block, to the same bits as `accumulate`; with `lower`, at least what lies on and below the diagonal. */
export function productsInMemory(
  kernels: MatrixKernels,
  a: Matrix,
  b: Matrix,
  out: Float64Array,
  lower: boolean,
): void {
  const { memory } = kernels;
  const missing = 8 * values - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
  const scratch = new Float64Array(memory.buffer);
  for (let from = 0; from < a.columns; from += piece) {
    const length = Math.min(piece, a.columns - from);
    for (let j = 0; j < b.rows; j += rowsOfB) {
      const width = Math.min(rowsOfB, b.rows - j);
      copyBlock(b, j, width, from, length, scratch, atB);
      kernels.pack(8 * atB, width, length, 8 * atPacked);
      const groups = Math.ceil(width / 4);
      // Rows before the first of these columns lie above the diagonal.
      for (let i = lower ? j : 0; i < a.rows; i += rowsOfA) {
        const height = Math.min(rowsOfA, a.rows - i);
        copyBlock(a, i, height, from, length, scratch, atA);
        kernels.products(8 * atA, height, 8 * atPacked, groups, length, 8 * atOut);
        for (let row = 0; row < height; row++) {
          const to = (i + row) * b.rows + j;
          const found = atOut + row * 4 * groups;
          for (let column = 0; column < width; column++) out[to + column] += scratch[found + column];
        }
      }
    }
  }
}

/** `rows` rows from `row` on, of each the `length` values from `from` on, side by side. */
function copyBlock(
  { data, columns }: Matrix,
  row: number,
  rows: number,
  from: number,
  length: number,
  scratch: Float64Array,
  at: number,
): void {
  if (length === columns) {
    scratch.set(data.subarray(row * columns, (row + rows) * columns), at);
    return;
  }
  for (let i = 0; i < rows; i++) {
    const start = (row + i) * columns + from;
    scratch.set(data.subarray(start, start + length), at + i * length);
  }
}
