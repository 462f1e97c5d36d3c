/** y[b, c, r] = x[b, r, c]: 4 x 4 blocks within strips of 8 rows, so that both sides use whole cache lines. */
export function transposeBatch(x: usize, y: usize, batch: i32, rows: i32, columns: i32): void {
  const bytes = (<usize>rows * columns) << 2;
  for (let b = 0; b < batch; b++) {
    transposeMatrix(x, y, rows, columns);
    x += bytes;
    y += bytes;
  }
}

function transposeMatrix(x: usize, y: usize, rows: i32, columns: i32): void {
  const from = (<usize>columns) << 2;
  const to = (<usize>rows) << 2;
  let r = 0;
  for (; r + 16 <= rows; r += 16) {
    for (let c = 0; c + 4 <= columns; c += 4) {
      let source = x + <usize>r * from + ((<usize>c) << 2);
      let target = y + <usize>c * to + ((<usize>r) << 2);
      for (let block = 0; block < 4; block++) {
        transposeBlock(source, from, target, to);
        source += 4 * from;
        target += 16;
      }
    }
  }
  for (; r + 4 <= rows; r += 4) {
    for (let c = 0; c + 4 <= columns; c += 4)
      transposeBlock(x + <usize>r * from + ((<usize>c) << 2), from, y + <usize>c * to + ((<usize>r) << 2), to);
  }
  const wholeColumns = columns & ~3;
  for (let i = 0; i < rows; i++) {
    for (let c = i < r ? wholeColumns : 0; c < columns; c++) {
      store<f32>(y + <usize>c * to + ((<usize>i) << 2), load<f32>(x + <usize>i * from + ((<usize>c) << 2)));
    }
  }
}

/** Transposes a 4 x 4 block: rows at `from`, `pitch` bytes apart, to rows at `to`, `step` bytes apart. */
export function transposeBlock(from: usize, pitch: usize, to: usize, step: usize): void {
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

/** y[outer, repeats, chunk] = x[outer, 1, chunk]; `bytes` is the size of a chunk. */
export function repeatChunks(x: usize, y: usize, outer: i32, repeats: i32, bytes: i32): void {
  for (let o = 0; o < outer; o++) {
    if (bytes == 4) {
      const value = v128.load32_splat(x);
      const end = y + ((<usize>(repeats & ~3)) << 2);
      for (; y < end; y += 16) v128.store(y, value);
      for (let rest = repeats & 3; rest > 0; rest--) {
        store<f32>(y, f32x4.extract_lane(value, 0));
        y += 4;
      }
    } else if (bytes == 1) {
      memory.fill(y, load<u8>(x), repeats);
      y += repeats;
    } else {
      for (let r = 0; r < repeats; r++) {
        memory.copy(y, x, bytes);
        y += bytes;
      }
    }
    x += bytes;
  }
}

/** Copies `count` chunks of `bytes`, `pitch` bytes apart, to dense memory. */
export function copyChunks(x: usize, pitch: i32, y: usize, bytes: i32, count: i32): void {
  for (let i = 0; i < count; i++) {
    memory.copy(y, x, bytes);
    x += pitch;
    y += bytes;
  }
}

/** y[o, i, :] = x[o, indices[i], :] for slices of `slice` elements of 4 bytes. */
export function gatherSlices(x: usize, indices: usize, y: usize, outer: i32, axis: i32, count: i32, slice: i32): void {
  const bytes = (<usize>slice) << 2;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < count; i++) {
      const from = x + <usize>load<i32>(indices + ((<usize>i) << 2)) * bytes;
      if (slice == 1) store<u32>(y, load<u32>(from));
      else memory.copy(y, from, bytes);
      y += bytes;
    }
    x += <usize>axis * bytes;
  }
}

/** y[s, :] = the sum of the rows x[i, :] with segments[i] = s; rows of segments that do not exist are left out. */
export function sumSegments(x: usize, segments: usize, y: usize, rows: i32, slice: i32, count: i32): void {
  const bytes = (<usize>slice) << 2;
  const vectors = bytes & ~15;
  memory.fill(y, 0, <usize>count * bytes);
  for (let i = 0; i < rows; i++) {
    const segment = load<i32>(segments + ((<usize>i) << 2));
    if (segment >= 0 && segment < count) {
      const to = y + <usize>segment * bytes;
      let at: usize = 0;
      for (; at < vectors; at += 16) v128.store(to + at, f32x4.add(v128.load(to + at), v128.load(x + at)));
      for (; at < bytes; at += 4) store<f32>(to + at, load<f32>(to + at) + load<f32>(x + at));
    }
    x += bytes;
  }
}
