import { ADD, BIAS, FRAME, tileRow, UPPER } from './epilogue';
import { packLeftColumns, packLeftRows, packOnes, packPanelTransposed, packRight } from './pack';
import { COLUMNS, ROWS } from './tiles';

/** Inner steps of a block: a left panel (12 KiB) and a right panel (16 KiB) share the first-level cache. */
const DEPTH: i32 = 512;
/** Columns of a block: the packed right block (512 KiB) stays in the second-level cache. */
const WIDTH: i32 = 256;

function roundUp(value: i32, multiple: i32): i32 {
  return ((value + multiple - 1) / multiple) * multiple;
}

/** Equal pieces of at most `DEPTH`: 600 becomes 300 + 300 rather than 512 + 88. */
function depthOfBlock(k: i32): i32 {
  const pieces = max((k + DEPTH - 1) / DEPTH, 1);
  return roundUp((k + pieces - 1) / pieces, 4);
}

/** Bytes of scratch that `gemm` wants for this shape. */
export function gemmScratch(n: i32, k: i32): i32 {
  return FRAME + 64 + (roundUp(min(n, WIDTH), COLUMNS) + ROWS) * (depthOfBlock(k) + 1) * 4;
}

/** `gemmStrided` with dense rows. */
export function gemm(
  a: usize,
  b: usize,
  c: usize,
  m: i32,
  n: i32,
  k: i32,
  transposeA: i32,
  transposeB: i32,
  flags: i32,
  bias: usize,
  scratch: usize,
): void {
  gemmStrided(
    a,
    (transposeA ? m : k) << 2,
    b,
    (transposeB ? k : n) << 2,
    c,
    n << 2,
    m,
    n,
    k,
    transposeA,
    transposeB,
    flags,
    bias,
    scratch,
  );
}

/**
 * c[m, n] = op(a) op(b) (+ bias[n]) (clamped), rows `pitch` bytes apart; `transposeA`: a is stored [k, m]; `transposeB`: b is stored [n, k].
 * Sums run over k in blocks whose sizes depend on the shape alone. With `UPPER` only tiles that have a part on or above the diagonal are
 * computed.
 */
export function gemmStrided(
  a: usize,
  leftPitch: usize,
  b: usize,
  rightPitch: usize,
  c: usize,
  pitch: usize,
  m: i32,
  n: i32,
  k: i32,
  transposeA: i32,
  transposeB: i32,
  flags: i32,
  bias: usize,
  scratch: usize,
): void {
  const upper = (flags & UPPER) != 0;
  const frame = scratch;
  const sources = frame + FRAME;
  const tap = sources + 32;
  const left = tap + 32;
  const blockDepth = depthOfBlock(k);
  const right = left + ((<usize>ROWS * (blockDepth + 1)) << 2);
  store<u32>(tap, 0);

  for (let firstColumn = 0; firstColumn < n; firstColumn += WIDTH) {
    const width = min(WIDTH, n - firstColumn);
    let firstStep = 0;
    // Once even for k = 0: the result is then bias alone.
    do {
      const depth = min(blockDepth, k - firstStep);
      const last = firstStep + depth >= k;
      const blockFlags = (firstStep > 0 ? ADD : flags & ADD) | (last ? flags & ~(ADD | UPPER) : 0);
      const extra = blockFlags & BIAS ? 1 : 0;
      const steps = depth + extra;
      const panel = (<usize>steps * COLUMNS) << 2;
      if (transposeB) {
        for (let j = 0; j < width; j += COLUMNS) {
          const from = b + <usize>(firstColumn + j) * rightPitch + ((<usize>firstStep) << 2);
          packPanelTransposed(from, rightPitch, depth, min(COLUMNS, width - j), right + ((<usize>j * steps) << 2));
        }
      } else {
        packRight(
          b + <usize>firstStep * rightPitch + ((<usize>firstColumn) << 2),
          rightPitch,
          depth,
          width,
          right,
          panel,
        );
      }
      if (extra)
        packRight(bias + ((<usize>firstColumn) << 2), 0, 1, width, right + ((<usize>depth * COLUMNS) << 2), panel);
      if (extra) packOnes(left + ((<usize>depth * ROWS) << 2));
      const rowsEnd = upper ? min(m, firstColumn + width) : m;
      for (let i = 0; i < rowsEnd; i += ROWS) {
        const rows = min(ROWS, m - i);
        for (let r = 0; r < ROWS; r++) {
          // Rows beyond the last repeat it; their results are dropped.
          const row = <usize>min(i + r, m - 1);
          store<u32>(sources + ((<usize>r) << 2), <u32>(a + row * leftPitch + ((<usize>firstStep) << 2)));
          store<u32>(frame + ((<usize>r) << 2), <u32>(c + row * pitch));
        }
        if (transposeA)
          packLeftColumns(a + <usize>firstStep * leftPitch + ((<usize>i) << 2), leftPitch, depth, rows, left);
        else packLeftRows(sources, tap, 1, depth, left);
        const below = upper ? max(i - firstColumn, 0) / COLUMNS : 0;
        const column = firstColumn + below * COLUMNS;
        const rest = width - below * COLUMNS;
        tileRow(left, right + <usize>below * panel, panel, steps, frame, (<usize>column) << 2, rows, rest, blockFlags);
      }
      firstStep += depth;
    } while (firstStep < k);
  }
}

/**
 * The upper triangle of c[n, n] = a a^T, a being [n, k], or of a^T a for `transpose`, a being [k, n]: half the work of `gemm`. Of the lower
 * triangle, tiles that the diagonal cuts are written too.
 */
export function upperProduct(a: usize, c: usize, n: i32, k: i32, transpose: i32, scratch: usize): void {
  const from = (transpose ? n : k) << 2;
  gemmStrided(a, from, a, from, c, n << 2, n, n, k, transpose, transpose ? 0 : 1, UPPER, 0, scratch);
}
