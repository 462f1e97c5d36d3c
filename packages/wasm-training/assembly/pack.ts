import { transposeBlock } from './layout';
import { COLUMNS, ROWS } from './tiles';

/** Copies `depth` rows of `columns <= 8` floats, `pitch` bytes apart, to a panel of 8 columns; missing columns are zero. */
function packPanel(from: usize, pitch: usize, depth: i32, columns: i32, to: usize): void {
  if (columns == COLUMNS) {
    for (let k = 0; k < depth; k++) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      from += pitch;
      to += 32;
    }
    return;
  }
  for (let k = 0; k < depth; k++) {
    v128.store(to, f32x4.splat(0));
    v128.store(to, f32x4.splat(0), 16);
    for (let j = 0; j < columns; j++) {
      const at = (<usize>j) << 2;
      store<f32>(to + at, load<f32>(from + at));
    }
    from += pitch;
    to += 32;
  }
}

/** Rows that are packed into all panels before the next ones are read: a row is read as a whole, not in pieces of 8. */
const ROW_BLOCK: i32 = 16;

/** Panels of 8 columns from a matrix of `depth` rows and `columns` columns; `panel` bytes from one to the next. */
export function packRight(from: usize, pitch: usize, depth: i32, columns: i32, to: usize, panel: usize): void {
  for (let k = 0; k < depth; k += ROW_BLOCK) {
    const rows = min(ROW_BLOCK, depth - k);
    let panelTo = to;
    for (let j = 0; j < columns; j += COLUMNS) {
      packPanel(from + ((<usize>j) << 2), pitch, rows, min(COLUMNS, columns - j), panelTo);
      panelTo += panel;
    }
    from += <usize>rows * pitch;
    to += <usize>rows * COLUMNS * 4;
  }
}

/** One panel from the transposed matrix: `columns <= 8` rows of `depth` floats, `pitch` bytes apart. */
export function packPanelTransposed(from: usize, pitch: usize, depth: i32, columns: i32, to: usize): void {
  if (columns == COLUMNS) {
    const second = from + 4 * pitch;
    let k = 0;
    for (; k + 4 <= depth; k += 4) {
      const at = (<usize>k) << 2;
      transposeBlock(from + at, pitch, to, 32);
      transposeBlock(second + at, pitch, to + 16, 32);
      to += 128;
    }
    for (; k < depth; k++) {
      let at = from + ((<usize>k) << 2);
      for (let j = 0; j < COLUMNS; j++) {
        store<f32>(to + ((<usize>j) << 2), load<f32>(at));
        at += pitch;
      }
      to += 32;
    }
    return;
  }
  for (let k = 0; k < depth; k++) {
    v128.store(to, f32x4.splat(0));
    v128.store(to, f32x4.splat(0), 16);
    let at = from + ((<usize>k) << 2);
    for (let j = 0; j < columns; j++) {
      store<f32>(to + ((<usize>j) << 2), load<f32>(at));
      at += pitch;
    }
    to += 32;
  }
}

/**
 * A left panel of ROWS floats per step, from rows that are contiguous in the inner dimension: element (i, t * run + k) is at
 * `load(sources, i) + load(taps, t) + 4 * k`. A matrix is one tap; a convolution has one for every row of its filter.
 */
export function packLeftRows(sources: usize, taps: usize, tapCount: i32, run: i32, to: usize): void {
  const tapsEnd = taps + ((<usize>tapCount) << 2);
  for (; taps < tapsEnd; taps += 4) {
    const tap = <usize>load<u32>(taps);
    const p0 = <usize>load<u32>(sources) + tap;
    const p1 = <usize>load<u32>(sources, 4) + tap;
    const p2 = <usize>load<u32>(sources, 8) + tap;
    const p3 = <usize>load<u32>(sources, 12) + tap;
    const p4 = <usize>load<u32>(sources, 16) + tap;
    const p5 = ROWS == 6 ? <usize>load<u32>(sources, 20) + tap : 0;
    const end = (<usize>run) << 2;
    const vectors = end & ~15;
    let at: usize = 0;
    for (; at < vectors; at += 16) {
      const r0 = v128.load(p0 + at);
      const r1 = v128.load(p1 + at);
      const r2 = v128.load(p2 + at);
      const r3 = v128.load(p3 + at);
      const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
      const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
      const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
      const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
      v128.store(to, v128.shuffle<f64>(low01, low23, 0, 2));
      v128.store(to, v128.shuffle<f64>(low01, low23, 1, 3), ROWS * 4);
      v128.store(to, v128.shuffle<f64>(high01, high23, 0, 2), ROWS * 8);
      v128.store(to, v128.shuffle<f64>(high01, high23, 1, 3), ROWS * 12);
      const r4 = v128.load(p4 + at);
      if (ROWS == 6) {
        const r5 = v128.load(p5 + at);
        const low45 = v128.shuffle<f32>(r4, r5, 0, 4, 1, 5);
        const high45 = v128.shuffle<f32>(r4, r5, 2, 6, 3, 7);
        v128.store_lane<u64>(to, low45, 0, 16);
        v128.store_lane<u64>(to, low45, 1, ROWS * 4 + 16);
        v128.store_lane<u64>(to, high45, 0, ROWS * 8 + 16);
        v128.store_lane<u64>(to, high45, 1, ROWS * 12 + 16);
      } else {
        v128.store_lane<u32>(to, r4, 0, 16);
        v128.store_lane<u32>(to, r4, 1, ROWS * 4 + 16);
        v128.store_lane<u32>(to, r4, 2, ROWS * 8 + 16);
        v128.store_lane<u32>(to, r4, 3, ROWS * 12 + 16);
      }
      to += ROWS * 16;
    }
    for (; at < end; at += 4) {
      store<f32>(to, load<f32>(p0 + at));
      store<f32>(to, load<f32>(p1 + at), 4);
      store<f32>(to, load<f32>(p2 + at), 8);
      store<f32>(to, load<f32>(p3 + at), 12);
      store<f32>(to, load<f32>(p4 + at), 16);
      if (ROWS == 6) store<f32>(to, load<f32>(p5 + at), 20);
      to += ROWS * 4;
    }
  }
}

/** A left panel from the transposed matrix: `depth` rows of `rows <= ROWS` floats, `pitch` bytes apart; missing ones are zero. */
export function packLeftColumns(from: usize, pitch: usize, depth: i32, rows: i32, to: usize): void {
  const end = to + <usize>depth * ROWS * 4;
  if (rows == ROWS) {
    for (; to < end; to += ROWS * 4) {
      v128.store(to, v128.load(from));
      if (ROWS == 6) store<u64>(to, load<u64>(from, 16), 16);
      else store<u32>(to, load<u32>(from, 16), 16);
      from += pitch;
    }
    return;
  }
  for (; to < end; to += ROWS * 4) {
    for (let i = 0; i < ROWS; i++) {
      const at = (<usize>i) << 2;
      if (i < rows) store<f32>(to + at, load<f32>(from + at));
      else store<f32>(to + at, 0);
    }
    from += pitch;
  }
}

/** One more step of a left panel: ones, for the bias. */
export function packOnes(to: usize): void {
  for (let i = 0; i < ROWS; i++) store<f32>(to + ((<usize>i) << 2), 1);
}
