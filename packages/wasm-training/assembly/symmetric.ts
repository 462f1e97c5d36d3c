import { transposeBlock } from './layout';

// What is done with a matrix of products, [n, n]: its triangles, its diagonal, sums over it in float64, in which the squares of float32 numbers are
// exact and neither overflow nor vanish.

/** Rows and columns of a piece that is mirrored at a time: both sides use whole cache lines. */
const PIECE: i32 = 16;

/** Copies the upper triangle of c[n, n] to the lower. */
export function mirrorUpper(c: usize, n: i32): void {
  const pitch = (<usize>n) << 2;
  for (let i = 0; i < n; i += PIECE) {
    for (let j = 0; j < i; j += PIECE) mirrorPiece(c, pitch, i, min(PIECE, n - i), j);
    const end = min(i + PIECE, n);
    for (let r = i + 1; r < end; r++) {
      for (let s = i; s < r; s++) {
        const value = load<f32>(c + <usize>s * pitch + ((<usize>r) << 2));
        store<f32>(c + <usize>r * pitch + ((<usize>s) << 2), value);
      }
    }
  }
}

/** Rows `i` to `i + rows` of the columns `j` to `j + PIECE`, left of the diagonal. */
function mirrorPiece(c: usize, pitch: usize, i: i32, rows: i32, j: i32): void {
  const wide = rows & ~3;
  for (let s = 0; s < PIECE; s += 4) {
    const from = c + <usize>(j + s) * pitch + ((<usize>i) << 2);
    const to = c + <usize>i * pitch + ((<usize>(j + s)) << 2);
    for (let r = 0; r < wide; r += 4) transposeBlock(from + ((<usize>r) << 2), pitch, to + <usize>r * pitch, pitch);
    for (let r = wide; r < rows; r++) {
      for (let t: usize = 0; t < 4; t++)
        store<f32>(to + <usize>r * pitch + (t << 2), load<f32>(from + t * pitch + ((<usize>r) << 2)));
    }
  }
}

/** The sum of the products of a[0 ... count] and b[0 ... count], in float64. */
export function dot64(a: usize, b: usize, count: i32): f64 {
  const end = (<usize>count) << 2;
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  let at: usize = 0;
  for (; at + 16 <= end; at += 16) {
    const x = v128.load(a + at);
    const y = v128.load(b + at);
    s0 = f64x2.add(s0, f64x2.mul(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(y)));
    const highX = f64x2.promote_low_f32x4(v128.shuffle<f64>(x, x, 1, 0));
    const highY = f64x2.promote_low_f32x4(v128.shuffle<f64>(y, y, 1, 0));
    s1 = f64x2.add(s1, f64x2.mul(highX, highY));
  }
  const sum = f64x2.add(s0, s1);
  let total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  for (; at < end; at += 4) total += <f64>load<f32>(a + at) * <f64>load<f32>(b + at);
  return total;
}

/** The sum of a_ij b_ij over the elements above the diagonal of two matrices [n, n]. */
export function dotAbove(a: usize, b: usize, n: i32): f64 {
  const next = (<usize>(n + 1)) << 2;
  let total: f64 = 0;
  for (let i = 1; i < n; i++) {
    total += dot64(a + 4, b + 4, n - i);
    a += next;
    b += next;
  }
  return total;
}

/** The sum of a_ii b_ii. */
export function dotDiagonal(a: usize, b: usize, n: i32): f64 {
  const next = (<usize>(n + 1)) << 2;
  let total: f64 = 0;
  for (let i = 0; i < n; i++) {
    total += <f64>load<f32>(a) * <f64>load<f32>(b);
    a += next;
    b += next;
  }
  return total;
}

/** Sets c_ii of c[n, n] to 0. */
export function clearDiagonal(c: usize, n: i32): void {
  for (let i = 0; i < n; i++) {
    store<f32>(c, 0);
    c += (<usize>(n + 1)) << 2;
  }
}

/** y = factor x. */
export function scale(x: usize, y: usize, count: i32, factor: f32): void {
  const f = f32x4.splat(factor);
  const end = (<usize>count) << 2;
  let at: usize = 0;
  for (; at + 16 <= end; at += 16) v128.store(y + at, f32x4.mul(v128.load(x + at), f));
  for (; at < end; at += 4) store<f32>(y + at, load<f32>(x + at) * factor);
}
