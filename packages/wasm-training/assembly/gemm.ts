import { ADD, BIAS, RELU, SIX } from './edge';
import { packLeftPanel, packPanel, packPanelTransposed } from './pack';
import { COLUMNS, ROWS, tileColumns, tileRows } from './tiles';

/** Inner steps of a block: a left panel (12 KiB) and a right panel (16 KiB) share the first-level cache. */
const DEPTH: i32 = 512;
/** Columns of a block: the packed right block (512 KiB) stays in the second-level cache. */
const WIDTH: i32 = 256;
/** Rows of a packed transposed left block. */
const HEIGHT: i32 = 96;

/** Bytes before the packed blocks: source and destination addresses, a zero tap, a spilled tile. */
const HEADER: i32 = 512;

function roundUp(value: i32, multiple: i32): i32 {
  return ((value + multiple - 1) / multiple) * multiple;
}

/** Equal pieces of at most `most`: 600 becomes 300 + 300 rather than 512 + 88. */
function evenPiece(total: i32, most: i32, multiple: i32): i32 {
  if (total <= most) return total;
  const pieces = (total + most - 1) / most;
  return roundUp((total + pieces - 1) / pieces, multiple);
}

/** Bytes of scratch that `gemm` wants for this shape. */
export function gemmScratch(m: i32, n: i32, k: i32, transposeA: i32): i32 {
  const depth = evenPiece(k, DEPTH, 4);
  const left = transposeA ? roundUp(min(m, HEIGHT), ROWS) * depth : 0;
  return HEADER + (roundUp(min(n, WIDTH), COLUMNS) * depth + left) * 4;
}

/**
 * c[m, n] = op(a) op(b) (+ bias[n]) (clamped), row-major and dense; `transposeA`: a is stored [k, m]; `transposeB`: b is stored [n, k].
 * Sums run over k in blocks whose sizes depend on the shape alone.
 */
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
  const source = scratch;
  const destination = scratch + 32;
  const taps = scratch + 64;
  const spill = scratch + 128;
  const right = scratch + HEADER;
  store<u32>(taps, 0);
  const depthStep = max(evenPiece(k, DEPTH, 4), 1);
  const left = right + ((<usize>roundUp(min(n, WIDTH), COLUMNS) * depthStep) << 2);
  const leftPitch = (<usize>(transposeA ? m : k)) << 2;
  const rightPitch = (<usize>(transposeB ? k : n)) << 2;
  const pitch = (<usize>n) << 2;

  for (let columnStart = 0; columnStart < n; columnStart += WIDTH) {
    const width = min(WIDTH, n - columnStart);
    let depthStart = 0;
    do {
      const depth = min(depthStep, k - depthStart);
      const last = depthStart + depth >= k;
      const tileFlags = (depthStart > 0 ? ADD : flags & ADD) | (last ? flags & (BIAS | RELU | SIX) : 0);
      for (let j = 0; j < width; j += COLUMNS) {
        const to = right + ((<usize>j * depth) << 2);
        const cols = min(COLUMNS, width - j);
        if (transposeB) {
          packPanelTransposed(
            b + <usize>(columnStart + j) * rightPitch + ((<usize>depthStart) << 2),
            rightPitch,
            depth,
            cols,
            to,
          );
        } else {
          packPanel(
            b + <usize>depthStart * rightPitch + ((<usize>(columnStart + j)) << 2),
            rightPitch,
            depth,
            cols,
            to,
          );
        }
      }
      if (transposeA) {
        for (let rowStart = 0; rowStart < m; rowStart += HEIGHT) {
          const height = min(HEIGHT, m - rowStart);
          for (let i = 0; i < height; i += ROWS) {
            packLeftPanel(
              a + <usize>depthStart * leftPitch + ((<usize>(rowStart + i)) << 2),
              leftPitch,
              depth,
              min(ROWS, height - i),
              left + ((<usize>i * depth) << 2),
            );
          }
          for (let i = 0; i < height; i += ROWS) {
            const rows = min(ROWS, height - i);
            for (let r = 0; r < rows; r++)
              store<u32>(destination + ((<usize>r) << 2), <u32>(c + <usize>(rowStart + i + r) * pitch));
            const panel = left + ((<usize>i * depth) << 2);
            for (let j = 0; j < width; j += COLUMNS) {
              tileColumns(
                panel,
                ROWS * 4,
                depth,
                1,
                0,
                1,
                0,
                right + ((<usize>j * depth) << 2),
                destination,
                (<usize>(columnStart + j)) << 2,
                rows,
                min(COLUMNS, width - j),
                tileFlags,
                bias,
                spill,
              );
            }
          }
        }
      } else {
        for (let i = 0; i < m; i += ROWS) {
          const rows = min(ROWS, m - i);
          for (let r = 0; r < ROWS; r++) {
            const row = <usize>min(i + r, m - 1);
            store<u32>(source + ((<usize>r) << 2), <u32>(a + row * leftPitch + ((<usize>depthStart) << 2)));
            store<u32>(destination + ((<usize>r) << 2), <u32>(c + row * pitch));
          }
          for (let j = 0; j < width; j += COLUMNS) {
            tileRows(
              source,
              taps,
              1,
              depth,
              right + ((<usize>j * depth) << 2),
              destination,
              (<usize>(columnStart + j)) << 2,
              rows,
              min(COLUMNS, width - j),
              tileFlags,
              bias,
              spill,
            );
          }
        }
      }
      depthStart += depth;
    } while (depthStart < k);
  }
}
