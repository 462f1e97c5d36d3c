import { COLUMNS, ROWS, tile } from './tiles';

/** What a tile does with its results: add them to what the destination holds, add a bias per column, clamp below at 0, clamp above at 6. */
export const ADD: i32 = 1;
export const BIAS: i32 = 2;
export const RELU: i32 = 4;
export const SIX: i32 = 8;
/** The tile goes to the spill area. */
export const SPILL: i32 = 16;

/** Bytes of a tile's frame: destination addresses (32), then the spill area. */
export const FRAME: i32 = 256;

/** A tile and what follows it; tiles at the right and lower edge, with a bias or a clamp take the way over the spill area. */
export function tileTo(
  left: usize,
  right: usize,
  depth: i32,
  frame: usize,
  column: usize,
  rows: i32,
  columns: i32,
  flags: i32,
  bias: usize,
): void {
  if (rows == ROWS && columns == COLUMNS && flags <= ADD) {
    tile(left, right, depth, frame, column, flags);
  } else {
    tile(left, right, depth, frame, column, SPILL);
    finish(frame, column, rows, columns, flags, bias + column);
  }
}

function finish(frame: usize, column: usize, rows: i32, columns: i32, flags: i32, bias: usize): void {
  let from = frame + 32;
  for (let i = 0; i < rows; i++) {
    const to = <usize>load<u32>(frame + ((<usize>i) << 2)) + column;
    if (columns == COLUMNS) {
      finishVector(from, to, flags, bias);
      finishVector(from + 16, to + 16, flags, bias + 16);
    } else {
      for (let at: usize = 0; at < (<usize>columns) << 2; at += 4) {
        let value = load<f32>(from + at);
        if (flags & ADD) value += load<f32>(to + at);
        if (flags & BIAS) value += load<f32>(bias + at);
        if (flags & RELU) value = value < 0 ? 0 : value;
        if (flags & SIX) value = value > 6 ? 6 : value;
        store<f32>(to + at, value);
      }
    }
    from += COLUMNS * 4;
  }
}

// pmax(x, 0) is 0 > x ? 0 : x in every lane: NaN passes, as in the scalar form above.
function finishVector(from: usize, to: usize, flags: i32, bias: usize): void {
  let value = v128.load(from);
  if (flags & ADD) value = f32x4.add(value, v128.load(to));
  if (flags & BIAS) value = f32x4.add(value, v128.load(bias));
  if (flags & RELU) value = f32x4.pmax(value, f32x4.splat(0));
  if (flags & SIX) value = f32x4.pmin(value, f32x4.splat(6));
  v128.store(to, value);
}
