/**
 * Dot products of rows in float64, bit for bit what the TypeScript in src/matrix/products.ts computes: every entry is summed by itself,
 * from the first column to the last, and no multiply-add is fused. Two entries lie in one vector, never two summands of one entry.
 */

/** Rows of `b` that are walked together. */
const GROUP: usize = 4;
const WORD: usize = 8;

/**
 * Lays `rows` rows of `length` values at `source` out for `products`: by groups of four rows, and within a group by column. The rows that
 * the last group lacks are zeros.
 */
export function pack(source: usize, rows: usize, length: usize, target: usize): void {
  const stride = length * WORD;
  for (let row: usize = 0; row < rows; row += GROUP) {
    for (let lane: usize = 0; lane < GROUP; lane++) {
      const from = source + (row + lane) * stride;
      let to = target + row * stride + lane * WORD;
      if (row + lane < rows) {
        for (let at = from, end = from + stride; at < end; at += WORD, to += GROUP * WORD) f64.store(to, f64.load(at));
      } else {
        for (const end = to + GROUP * stride; to < end; to += GROUP * WORD) f64.store(to, 0);
      }
    }
  }
}

/** `out[i, j] = sum_p a[i, p] b[j, p]` for `rows` rows of `length` values and `groups` packed groups; `out` is `[rows, 4 groups]`. */
export function products(a: usize, rows: usize, packed: usize, groups: usize, length: usize, out: usize): void {
  const stride = length * WORD;
  const width = groups * GROUP * WORD;
  let row: usize = 0;
  for (; row + 4 <= rows; row += 4) {
    for (let group: usize = 0; group < groups; group++) {
      fourRows(
        a + row * stride,
        stride,
        packed + group * GROUP * stride,
        out + row * width + group * GROUP * WORD,
        width,
      );
    }
  }
  for (; row < rows; row++) {
    for (let group: usize = 0; group < groups; group++) {
      oneRow(a + row * stride, stride, packed + group * GROUP * stride, out + row * width + group * GROUP * WORD);
    }
  }
}

function fourRows(a: usize, stride: usize, b: usize, out: usize, width: usize): void {
  const a1 = a + stride;
  const a2 = a1 + stride;
  const a3 = a2 + stride;
  let s00 = f64x2.splat(0);
  let s01 = f64x2.splat(0);
  let s10 = f64x2.splat(0);
  let s11 = f64x2.splat(0);
  let s20 = f64x2.splat(0);
  let s21 = f64x2.splat(0);
  let s30 = f64x2.splat(0);
  let s31 = f64x2.splat(0);
  for (let at: usize = 0; at < stride; at += WORD, b += GROUP * WORD) {
    const low = v128.load(b);
    const high = v128.load(b, 16);
    let u = v128.load64_splat(a + at);
    s00 = f64x2.add(s00, f64x2.mul(u, low));
    s01 = f64x2.add(s01, f64x2.mul(u, high));
    u = v128.load64_splat(a1 + at);
    s10 = f64x2.add(s10, f64x2.mul(u, low));
    s11 = f64x2.add(s11, f64x2.mul(u, high));
    u = v128.load64_splat(a2 + at);
    s20 = f64x2.add(s20, f64x2.mul(u, low));
    s21 = f64x2.add(s21, f64x2.mul(u, high));
    u = v128.load64_splat(a3 + at);
    s30 = f64x2.add(s30, f64x2.mul(u, low));
    s31 = f64x2.add(s31, f64x2.mul(u, high));
  }
  v128.store(out, s00);
  v128.store(out, s01, 16);
  v128.store(out + width, s10);
  v128.store(out + width, s11, 16);
  v128.store(out + 2 * width, s20);
  v128.store(out + 2 * width, s21, 16);
  v128.store(out + 3 * width, s30);
  v128.store(out + 3 * width, s31, 16);
}

function oneRow(a: usize, stride: usize, b: usize, out: usize): void {
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  for (const end = a + stride; a < end; a += WORD, b += GROUP * WORD) {
    const u = v128.load64_splat(a);
    s0 = f64x2.add(s0, f64x2.mul(u, v128.load(b)));
    s1 = f64x2.add(s1, f64x2.mul(u, v128.load(b, 16)));
  }
  v128.store(out, s0);
  v128.store(out, s1, 16);
}
