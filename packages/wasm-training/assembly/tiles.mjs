/**
 * Writes the AssemblyScript source of the GEMM micro-kernel.
 *
 * A tile of `rows` x 8 results stays in vector registers while one rank-1 update per step of the inner dimension is added to it. Both operands
 * are packed panels: `rows` floats per step on the left, 8 on the right. AssemblyScript has no macros, so the body is spelled out here.
 *
 * The form is what V8's optimising compiler of Node 20 and 22 wants, which moves computations past loads as far as it can: one loop that is not
 * unrolled, and after it no statement that two paths share. Then the accumulators stay in registers (70 GFLOP/s on a core whose peak is 70);
 * unrolled by 4, inside an outer loop, or with a common store at the end they are spilled (33 to 47).
 *
 * Rows: fused multiply-add needs no temporary register, so 6 x 8 (12 accumulators, 2 columns, 1 broadcast) fills the 15 that V8 leaves to a
 * function; a separate multiplication needs one more, and 5 x 8 is best.
 */
const COLUMNS = 8;

export function tileSource(rowCount) {
  const rows = [...Array(rowCount).keys()];
  const forTile = (indent, write) => rows.map((i) => `${indent}${write(i, 0)}\n${indent}${write(i, 1)}`).join('\n');
  return `import { ADD, RELU, SPILL } from './epilogue';
import { madd } from './simd';

export const ROWS: i32 = ${rowCount};
export const COLUMNS: i32 = ${COLUMNS};

/**
 * left[depth, ROWS] transposed times right[depth, COLUMNS], to the ROWS addresses at \`destination\`, \`column\` bytes on; to the spill area behind
 * the addresses if \`mode\` is SPILL; added to what is there if it is ADD; clamped below at 0 if it is RELU.
 */
export function tile(left: usize, right: usize, depth: i32, destination: usize, column: usize, mode: i32): void {
${forTile('  ', (i, j) => `let c${i}${j} = f32x4.splat(0);`)}
  while (depth > 0) {
    const b0 = v128.load(right);
    const b1 = v128.load(right, 16);
${rows
  .map(
    (i) => `    const a${i} = v128.load32_splat(left, ${i * 4});
    c${i}0 = madd(a${i}, b0, c${i}0);
    c${i}1 = madd(a${i}, b1, c${i}1);`,
  )
  .join('\n')}
    left += ${rowCount * 4};
    right += ${COLUMNS * 4};
    depth -= 1;
  }
  if (mode == SPILL) {
${forTile('    ', (i, j) => `v128.store(destination, c${i}${j}, ${32 + i * 32 + j * 16});`)}
  } else if (mode == ADD) {
${rows
  .map(
    (i) => `    const d${i} = <usize>load<u32>(destination, ${i * 4}) + column;
    v128.store(d${i}, f32x4.add(v128.load(d${i}), c${i}0));
    v128.store(d${i}, f32x4.add(v128.load(d${i}, 16), c${i}1), 16);`,
  )
  .join('\n')}
  } else if (mode == RELU) {
    const zero = f32x4.splat(0);
${rows
  .map(
    (i) => `    const d${i} = <usize>load<u32>(destination, ${i * 4}) + column;
    v128.store(d${i}, f32x4.pmax(c${i}0, zero));
    v128.store(d${i}, f32x4.pmax(c${i}1, zero), 16);`,
  )
  .join('\n')}
  } else {
${rows
  .map(
    (i) => `    const d${i} = <usize>load<u32>(destination, ${i * 4}) + column;
    v128.store(d${i}, c${i}0);
    v128.store(d${i}, c${i}1, 16);`,
  )
  .join('\n')}
  }
}
`;
}
