import { COLUMNS, ROWS } from './tiles';

/** Copies `depth` rows of `columns <= 8` floats, `pitch` bytes apart, to a panel of 8 columns; missing columns are zero. */
export function packPanel(from: usize, pitch: usize, depth: i32, columns: i32, to: usize): void {
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

/** Transposes a 4 x 4 block: rows at `from`, `pitch` bytes apart, to rows at `to`, `step` bytes apart. */
function transpose4(from: usize, pitch: usize, to: usize, step: usize): void {
  const r0 = v128.load(from);
  const r1 = v128.load(from + pitch);
  const r2 = v128.load(from + 2 * pitch);
  const r3 = v128.load(from + 3 * pitch);
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f64>(low01, low23, 0, 2));
  v128.store(to + step, v128.shuffle<f64>(low01, low23, 1, 3));
  v128.store(to + 2 * step, v128.shuffle<f64>(high01, high23, 0, 2));
  v128.store(to + 3 * step, v128.shuffle<f64>(high01, high23, 1, 3));
}

/** The same panel from the transposed matrix: `columns <= 8` rows of `depth` floats, `pitch` bytes apart. */
export function packPanelTransposed(from: usize, pitch: usize, depth: i32, columns: i32, to: usize): void {
  if (columns == COLUMNS) {
    const second = from + 4 * pitch;
    let k = 0;
    for (; k + 4 <= depth; k += 4) {
      const at = (<usize>k) << 2;
      transpose4(from + at, pitch, to, 32);
      transpose4(second + at, pitch, to + 16, 32);
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

/** Copies `depth` rows of `rows <= 6` floats to a panel of 6 for `tileColumns`; missing ones are zero. */
export function packLeftPanel(from: usize, pitch: usize, depth: i32, rows: i32, to: usize): void {
  if (rows == ROWS) {
    for (let k = 0; k < depth; k++) {
      v128.store(to, v128.load(from));
      store<u64>(to, load<u64>(from, 16), 16);
      from += pitch;
      to += 24;
    }
    return;
  }
  for (let k = 0; k < depth; k++) {
    for (let i = 0; i < ROWS; i++) {
      const at = (<usize>i) << 2;
      store<f32>(to + at, i < rows ? load<f32>(from + at) : 0);
    }
    from += pitch;
    to += 24;
  }
}
