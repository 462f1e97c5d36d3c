import { sumLanes } from './lanes';

/** Elements that are summed in float32 before they go into a float64 total: errors do not grow with the length. */
const RUN: i32 = 256;

/** Bytes of scratch for `sumAxis`. */
export function sumScratch(inner: i32): i32 {
  return inner * 8;
}

function sumRow(x: usize, count: i32): f64 {
  let total: f64 = 0;
  for (let start = 0; start < count; start += RUN) {
    const length = min(RUN, count - start);
    const end = x + ((<usize>(length & ~15)) << 2);
    let s0 = f32x4.splat(0);
    let s1 = f32x4.splat(0);
    let s2 = f32x4.splat(0);
    let s3 = f32x4.splat(0);
    for (; x < end; x += 64) {
      s0 = f32x4.add(s0, v128.load(x));
      s1 = f32x4.add(s1, v128.load(x, 16));
      s2 = f32x4.add(s2, v128.load(x, 32));
      s3 = f32x4.add(s3, v128.load(x, 48));
    }
    total += sumLanes(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
    for (let rest = length & 15; rest > 0; rest--) {
      total += <f64>load<f32>(x);
      x += 4;
    }
  }
  return total;
}

/** totals[i] += the sum of `rows` rows, for `inner` columns; totals are float64. */
function addRows(x: usize, rows: i32, inner: i32, totals: usize): void {
  const pitch = (<usize>inner) << 2;
  let i = 0;
  for (; i + 8 <= inner; i += 8) {
    let s0 = f32x4.splat(0);
    let s1 = f32x4.splat(0);
    let p = x + ((<usize>i) << 2);
    for (let r = rows; r > 0; r--) {
      s0 = f32x4.add(s0, v128.load(p));
      s1 = f32x4.add(s1, v128.load(p, 16));
      p += pitch;
    }
    const to = totals + ((<usize>i) << 3);
    v128.store(to, f64x2.add(v128.load(to), f64x2.promote_low_f32x4(s0)));
    v128.store(to, f64x2.add(v128.load(to, 16), f64x2.promote_low_f32x4(v128.shuffle<f64>(s0, s0, 1, 0))), 16);
    v128.store(to, f64x2.add(v128.load(to, 32), f64x2.promote_low_f32x4(s1)), 32);
    v128.store(to, f64x2.add(v128.load(to, 48), f64x2.promote_low_f32x4(v128.shuffle<f64>(s1, s1, 1, 0))), 48);
  }
  for (; i < inner; i++) {
    let sum: f32 = 0;
    let p = x + ((<usize>i) << 2);
    for (let r = rows; r > 0; r--) {
      sum += load<f32>(p);
      p += pitch;
    }
    const to = totals + ((<usize>i) << 3);
    store<f64>(to, load<f64>(to) + <f64>sum);
  }
}

/** y[outer, inner] = the sum of x[outer, length, inner] over the middle axis, divided by `divisor`. */
export function sumAxis(x: usize, outer: i32, length: i32, inner: i32, divisor: f64, y: usize, scratch: usize): void {
  const pitch = (<usize>inner) << 2;
  if (inner == 1) {
    for (let o = 0; o < outer; o++) {
      store<f32>(y, <f32>(sumRow(x, length) / divisor));
      x += (<usize>length) << 2;
      y += 4;
    }
    return;
  }
  // Rows of a block stay in the first-level cache while its columns are walked.
  const block = max(8, min(RUN, 8192 / inner));
  for (let o = 0; o < outer; o++) {
    memory.fill(scratch, 0, 2 * pitch);
    for (let r = 0; r < length; r += block) {
      const rows = min(block, length - r);
      addRows(x, rows, inner, scratch);
      x += <usize>rows * pitch;
    }
    for (let i = 0; i < inner; i++)
      store<f32>(y + ((<usize>i) << 2), <f32>(load<f64>(scratch + ((<usize>i) << 3)) / divisor));
    y += pitch;
  }
}
