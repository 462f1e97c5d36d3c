/**
 * Writes the AssemblyScript source of the two GEMM micro-kernels.
 *
 * A micro-kernel keeps a tile of ROWS x COLUMNS results in vector registers and adds one rank-1 update per step of the inner dimension.
 * AssemblyScript has no macros, so the unrolled body is spelled out here, once for all tile sizes.
 *
 * - `tileRows`: element (i, k) of the left operand is at `source[i] + tap[t] + 4 * k`: plain matrices (one tap) and convolutions
 *   (a tap per filter row) without copying patches out first.
 * - `tileColumns`: element (i, k) is at `a + k * step + 4 * i`: transposed matrices packed in panels (step = 4 * ROWS) and the patches of a
 *   convolution's filter gradient.
 *
 * The right operand is a packed panel: COLUMNS floats per step, contiguous, zero-filled at the edge.
 * 6 x 8 uses 12 accumulators, 2 columns and 1 broadcast: the 15 vector registers that V8 leaves to a function on x86-64.
 */
export const ROWS = 6;
export const COLUMNS = 8;

const vectors = COLUMNS / 4;
const rows = [...Array(ROWS).keys()];
const columns = [...Array(vectors).keys()];
const forTile = (write) => rows.flatMap((i) => columns.map((j) => write(i, j))).join('\n');

const accumulators = (indent) => forTile((i, j) => `${indent}let c${i}${j} = f32x4.splat(0);`);

const rankOne = (k, left, indent) =>
  [
    ...columns.map((j) => `b${j} = v128.load(b, ${k * COLUMNS * 4 + j * 16});`),
    ...rows.flatMap((i) => [
      `a = v128.load32_splat(${left(i, k)});`,
      ...columns.map((j) => `c${i}${j} = madd(a, b${j}, c${i}${j});`),
    ]),
  ]
    .map((line) => indent + line)
    .join('\n');

const epilogue = `
  if (cols == ${COLUMNS}) {
    if (flags & ADD) {
${rows
  .map((i) =>
    [
      `      if (${i} < rows) {`,
      `        const d = <usize>load<u32>(destination, ${i * 4}) + column;`,
      ...columns.map((j) => `        c${i}${j} = f32x4.add(c${i}${j}, v128.load(d, ${j * 16}));`),
      '      }',
    ].join('\n'),
  )
  .join('\n')}
    }
    if (flags & BIAS) {
${columns.map((j) => `      const bias${j} = v128.load(bias + column, ${j * 16});`).join('\n')}
${forTile((i, j) => `      c${i}${j} = f32x4.add(c${i}${j}, bias${j});`)}
    }
    if (flags & RELU) {
      const zero = f32x4.splat(0);
${forTile((i, j) => `      c${i}${j} = f32x4.pmax(c${i}${j}, zero);`)}
    }
    if (flags & SIX) {
      const six = f32x4.splat(6);
${forTile((i, j) => `      c${i}${j} = f32x4.pmin(c${i}${j}, six);`)}
    }
${rows
  .map((i) =>
    [
      `    if (${i} < rows) {`,
      `      const d = <usize>load<u32>(destination, ${i * 4}) + column;`,
      ...columns.map((j) => `      v128.store(d, c${i}${j}, ${j * 16});`),
      '    }',
    ].join('\n'),
  )
  .join('\n')}
    return;
  }
${forTile((i, j) => `  v128.store(spill, c${i}${j}, ${(i * vectors + j) * 16});`)}
  storeEdge(destination, column, rows, cols, flags, bias, spill);`;

/** The source of `tiles.ts`; `unroll` is the number of inner steps per loop iteration. */
export function tileSource(unroll = 4) {
  const steps = [...Array(unroll).keys()];
  return `import { madd } from './simd';
import { ADD, BIAS, RELU, SIX, storeEdge } from './edge';

export const ROWS: i32 = ${ROWS};
export const COLUMNS: i32 = ${COLUMNS};

/** See tiles.mjs. source, destination: ROWS addresses each; taps: byte offsets; b: packed panel; spill: room for one tile. */
export function tileRows(source: usize, taps: usize, tapCount: i32, run: i32, b: usize, destination: usize, column: usize, rows: i32, cols: i32, flags: i32, bias: usize, spill: usize): void {
${accumulators('  ')}
  let a: v128;
${columns.map((j) => `  let b${j}: v128;`).join('\n')}
  const tapsEnd = taps + (<usize>tapCount << 2);
  while (taps < tapsEnd) {
    const tap = <usize>load<u32>(taps);
${rows.map((i) => `    let p${i} = <usize>load<u32>(source, ${i * 4}) + tap;`).join('\n')}
    let k = run;
    while (k >= ${unroll}) {
${steps.map((k) => rankOne(k, (i) => `p${i}, ${k * 4}`, '      ')).join('\n')}
${rows.map((i) => `      p${i} += ${unroll * 4};`).join('\n')}
      b += ${unroll * COLUMNS * 4};
      k -= ${unroll};
    }
    while (k > 0) {
${rankOne(0, (i) => `p${i}`, '      ')}
${rows.map((i) => `      p${i} += 4;`).join('\n')}
      b += ${COLUMNS * 4};
      k -= 1;
    }
    taps += 4;
  }
${epilogue}
}

/**
 * See tiles.mjs. The inner dimension is \`images\` times \`runs\` times \`run\` steps; \`jump\` bytes lead from the end of a run to the next
 * run, \`imageJump\` more from the end of an image to the next.
 */
export function tileColumns(a0: usize, step: usize, run: i32, runs: i32, jump: usize, images: i32, imageJump: usize, b: usize, destination: usize, column: usize, rows: i32, cols: i32, flags: i32, bias: usize, spill: usize): void {
${accumulators('  ')}
  let a: v128;
  let p = a0;
${columns.map((j) => `  let b${j}: v128;`).join('\n')}
  while (images > 0) {
    let r = runs;
    while (r > 0) {
      let k = run;
      while (k >= 2) {
${rankOne(0, (i) => `p, ${i * 4}`, '        ')}
        p += step;
${rankOne(1, (i) => `p, ${i * 4}`, '        ')}
        p += step;
        b += ${2 * COLUMNS * 4};
        k -= 2;
      }
      if (k > 0) {
${rankOne(0, (i) => `p, ${i * 4}`, '        ')}
        p += step;
        b += ${COLUMNS * 4};
      }
      p += jump;
      r -= 1;
    }
    p += imageJump;
    images -= 1;
  }
${epilogue}
}
`;
}
