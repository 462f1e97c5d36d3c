import { COLUMNS, ROWS, tile } from './tiles';

/**
 * What follows a product: it is added to what the destination holds, gets a bias per column, is clamped below at 0, clamped above at 6.
 * The bias costs next to nothing: it is one more step of the inner dimension, ones on the left and the bias on the right.
 */
export const ADD: i32 = 1;
export const BIAS: i32 = 2;
export const RELU: i32 = 4;
export const SIX: i32 = 8;
/** The tile goes to the spill area. */
export const SPILL: i32 = 16;

/** Only the upper triangle of the product is wanted: for `gemmStrided`, no tile sees it. */
export const UPPER: i32 = 32;

/** Bytes of a tile's frame: destination addresses (32), then the spill area. */
export const FRAME: i32 = 256;

/**
 * A row of tiles: `rows` rows of `left`, `width` columns of packed panels at `right`, `panel` bytes from one to the next; to the addresses in the
 * frame, `column` bytes on.
 * Tiles at the right and lower edge, and rare combinations of flags, take the way over the spill area.
 */
export function tileRow(
  left: usize,
  right: usize,
  panel: usize,
  depth: i32,
  frame: usize,
  column: usize,
  rows: i32,
  width: i32,
  flags: i32,
): void {
  const mode = flags & ~BIAS;
  if (rows == ROWS && (mode == 0 || mode == ADD || mode == RELU)) {
    for (; width >= COLUMNS; width -= COLUMNS) {
      tile(left, right, depth, frame, column, mode);
      right += panel;
      column += COLUMNS * 4;
    }
  }
  for (; width > 0; width -= COLUMNS) {
    tile(left, right, depth, frame, column, SPILL);
    finish(frame, column, rows, min(COLUMNS, width), mode);
    right += panel;
    column += COLUMNS * 4;
  }
}

function finish(frame: usize, column: usize, rows: i32, columns: i32, mode: i32): void {
  let from = frame + 32;
  for (let i = 0; i < rows; i++) {
    const to = <usize>load<u32>(frame + ((<usize>i) << 2)) + column;
    if (columns == COLUMNS) {
      finishVector(from, to, mode);
      finishVector(from + 16, to + 16, mode);
    } else {
      for (let at: usize = 0; at < (<usize>columns) << 2; at += 4) {
        let value = load<f32>(from + at);
        if (mode & ADD) value += load<f32>(to + at);
        if (mode & RELU) value = value < 0 ? 0 : value;
        if (mode & SIX) value = value > 6 ? 6 : value;
        store<f32>(to + at, value);
      }
    }
    from += COLUMNS * 4;
  }
}

// pmax(x, 0) is 0 > x ? 0 : x in every lane: NaN passes, as in the scalar form above.
function finishVector(from: usize, to: usize, mode: i32): void {
  let value = v128.load(from);
  if (mode & ADD) value = f32x4.add(value, v128.load(to));
  if (mode & RELU) value = f32x4.pmax(value, f32x4.splat(0));
  if (mode & SIX) value = f32x4.pmin(value, f32x4.splat(6));
  v128.store(to, value);
}

/** Bias and clamps for a result that is complete: `rows` rows of `columns`, a multiple of 4. */
export function finishRows(y: usize, rows: i32, columns: i32, flags: i32, bias: usize): void {
  const bytes = (<usize>columns) << 2;
  for (let r = 0; r < rows; r++) {
    for (let at: usize = 0; at < bytes; at += 16) {
      if (flags & BIAS) v128.store(y + at, f32x4.add(v128.load(y + at), v128.load(bias + at)));
      finishVector(y + at, y + at, flags & ~(BIAS | ADD));
    }
    y += bytes;
  }
}
