import { loadUpTo, storeUpTo } from './lanes';
import { madd } from './simd';

/**
 * Columns of a batch [N, D]: centring, standardising, and their gradients. A pass walks the rows in order, in blocks of 8: sums over a block stay
 * in registers and go from there into one float64 total a column, so that errors do not grow with N.
 */
const BLOCK: i32 = 8;

/** Bytes of scratch for the functions of this file. */
export function columnScratch(columns: i32): i32 {
  return columns * 24;
}

function addLanes(totals: usize, sums: v128): void {
  v128.store(totals, f64x2.add(v128.load(totals), f64x2.promote_low_f32x4(sums)));
  const high = v128.shuffle<f64>(sums, sums, 1, 0);
  v128.store(totals, f64x2.add(v128.load(totals, 16), f64x2.promote_low_f32x4(high)), 16);
}

/** totals[j] += the distances of a block's elements from `origin[j]`. */
function addDistances(z: usize, rows: i32, columns: i32, origin: usize, totals: usize): void {
  const pitch = (<usize>columns) << 2;
  let j = 0;
  for (; j + 8 <= columns; j += 8) {
    const at = (<usize>j) << 2;
    const o0 = v128.load(origin + at);
    const o1 = v128.load(origin + at, 16);
    let s0 = f32x4.splat(0);
    let s1 = f32x4.splat(0);
    let p = z + at;
    for (let r = rows; r > 0; r--) {
      s0 = f32x4.add(s0, f32x4.sub(v128.load(p), o0));
      s1 = f32x4.add(s1, f32x4.sub(v128.load(p, 16), o1));
      p += pitch;
    }
    addLanes(totals + 2 * at, s0);
    addLanes(totals + 2 * at + 32, s1);
  }
  for (; j < columns; j++) {
    const at = (<usize>j) << 2;
    const o = load<f32>(origin + at);
    let sum: f32 = 0;
    let p = z + at;
    for (let r = rows; r > 0; r--) {
      sum += load<f32>(p) - o;
      p += pitch;
    }
    store<f64>(totals + 2 * at, load<f64>(totals + 2 * at) + <f64>sum);
  }
}

/**
 * Column means, each as the sum of two floats: what the rounding of the first leaves behind is small, but not against the spread of a batch that
 * has nearly collapsed. Distances from the first row are added up, so that a constant column has its value as mean exactly.
 */
function columnMeans(z: usize, rows: i32, columns: i32, high: usize, low: usize, totals: usize): void {
  const pitch = (<usize>columns) << 2;
  memory.fill(totals, 0, 2 * pitch);
  for (let r = 0; r < rows; r += BLOCK) {
    const block = min(BLOCK, rows - r);
    addDistances(z + <usize>r * pitch, block, columns, z, totals);
  }
  const n = <f64>rows;
  for (let j = 0; j < columns; j++) {
    const at = (<usize>j) << 2;
    const mean = <f64>load<f32>(z + at) + load<f64>(totals + 2 * at) / n;
    const rounded = <f32>mean;
    store<f32>(high + at, rounded);
    store<f32>(low + at, <f32>(mean - <f64>rounded));
  }
}

/** A block without its column means to `x`, where there is one; totals[j] += the squares. */
function addSquares(z: usize, x: usize, rows: i32, columns: i32, high: usize, low: usize, totals: usize): void {
  const pitch = (<usize>columns) << 2;
  let j = 0;
  for (; j + 8 <= columns; j += 8) {
    const at = (<usize>j) << 2;
    const h0 = v128.load(high + at);
    const h1 = v128.load(high + at, 16);
    const l0 = v128.load(low + at);
    const l1 = v128.load(low + at, 16);
    let s0 = f32x4.splat(0);
    let s1 = f32x4.splat(0);
    let p = z + at;
    let to = x + at;
    for (let r = rows; r > 0; r--) {
      const x0 = f32x4.sub(f32x4.sub(v128.load(p), h0), l0);
      const x1 = f32x4.sub(f32x4.sub(v128.load(p, 16), h1), l1);
      s0 = madd(x0, x0, s0);
      s1 = madd(x1, x1, s1);
      if (x) {
        v128.store(to, x0);
        v128.store(to, x1, 16);
        to += pitch;
      }
      p += pitch;
    }
    addLanes(totals + 2 * at, s0);
    addLanes(totals + 2 * at + 32, s1);
  }
  for (; j < columns; j++) {
    const at = (<usize>j) << 2;
    const h = load<f32>(high + at);
    const l = load<f32>(low + at);
    let sum: f32 = 0;
    for (let r: usize = 0; r < <usize>rows; r++) {
      const value = load<f32>(z + r * pitch + at) - h - l;
      sum += value * value;
      if (x) store<f32>(x + r * pitch + at, value);
    }
    store<f64>(totals + 2 * at, load<f64>(totals + 2 * at) + <f64>sum);
  }
}

/** x = z without its column means (z itself for `centred` 0: then x is 0 and nothing is written), squares[j] = the sum of x^2 over the rows. */
export function centreColumns(
  z: usize,
  x: usize,
  squares: usize,
  rows: i32,
  columns: i32,
  centred: i32,
  scratch: usize,
): void {
  const pitch = (<usize>columns) << 2;
  const totals = scratch;
  const high = totals + 2 * pitch;
  const low = high + pitch;
  if (centred) columnMeans(z, rows, columns, high, low, totals);
  else memory.fill(high, 0, 2 * pitch);
  memory.fill(totals, 0, 2 * pitch);
  for (let r = 0; r < rows; r += BLOCK) {
    const at = <usize>r * pitch;
    addSquares(z + at, x ? x + at : 0, min(BLOCK, rows - r), columns, high, low, totals);
  }
  for (let j = 0; j < columns; j++) store<f32>(squares + ((<usize>j) << 2), <f32>load<f64>(totals + ((<usize>j) << 3)));
}

/**
 * x = (z - mean_j) rate_j, rate_j = 1 / sqrt(mean of the squared distances + epsilon). A column whose squares overflow gives NaN, not zeros: a
 * batch that diverged must not look like one that collapsed.
 */
export function standardiseColumns(
  z: usize,
  x: usize,
  rates: usize,
  rows: i32,
  columns: i32,
  epsilon: f64,
  scratch: usize,
): void {
  const pitch = (<usize>columns) << 2;
  const totals = scratch;
  const high = totals + 2 * pitch;
  const low = high + pitch;
  columnMeans(z, rows, columns, high, low, totals);
  memory.fill(totals, 0, 2 * pitch);
  for (let r = 0; r < rows; r += BLOCK)
    addSquares(z + <usize>r * pitch, 0, min(BLOCK, rows - r), columns, high, low, totals);
  const n = <f64>rows;
  for (let j = 0; j < columns; j++) {
    const at = (<usize>j) << 2;
    const variance = load<f64>(totals + 2 * at) / n;
    store<f32>(rates + at, <f32>(1.0 / Math.sqrt(variance + epsilon) + 0 * variance));
  }
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < columns; j += 4) {
      const at = (<usize>j) << 2;
      const part = min(4, columns - j);
      const distance = f32x4.sub(
        f32x4.sub(loadUpTo(z + at, part), loadUpTo(high + at, part)),
        loadUpTo(low + at, part),
      );
      storeUpTo(x + at, f32x4.mul(distance, loadUpTo(rates + at, part)), part);
    }
    z += pitch;
    x += pitch;
  }
}

/** sums[j] += a block's elements of g, products[j] += those of g x. */
function addProducts(g: usize, x: usize, rows: i32, columns: i32, sums: usize, products: usize): void {
  const pitch = (<usize>columns) << 2;
  let j = 0;
  for (; j + 8 <= columns; j += 8) {
    const at = (<usize>j) << 2;
    let s0 = f32x4.splat(0);
    let s1 = f32x4.splat(0);
    let p0 = f32x4.splat(0);
    let p1 = f32x4.splat(0);
    let from = at;
    for (let r = rows; r > 0; r--) {
      const g0 = v128.load(g + from);
      const g1 = v128.load(g + from, 16);
      s0 = f32x4.add(s0, g0);
      s1 = f32x4.add(s1, g1);
      p0 = madd(g0, v128.load(x + from), p0);
      p1 = madd(g1, v128.load(x + from, 16), p1);
      from += pitch;
    }
    addLanes(sums + 2 * at, s0);
    addLanes(sums + 2 * at + 32, s1);
    addLanes(products + 2 * at, p0);
    addLanes(products + 2 * at + 32, p1);
  }
  for (; j < columns; j++) {
    const at = (<usize>j) << 2;
    let sum: f32 = 0;
    let product: f32 = 0;
    let from = at;
    for (let r = rows; r > 0; r--) {
      const value = load<f32>(g + from);
      sum += value;
      product += value * load<f32>(x + from);
      from += pitch;
    }
    store<f64>(sums + 2 * at, load<f64>(sums + 2 * at) + <f64>sum);
    store<f64>(products + 2 * at, load<f64>(products + 2 * at) + <f64>product);
  }
}

function totalProducts(g: usize, x: usize, rows: i32, columns: i32, sums: usize, products: usize): void {
  const pitch = (<usize>columns) << 2;
  memory.fill(sums, 0, 2 * pitch);
  memory.fill(products, 0, 2 * pitch);
  for (let r = 0; r < rows; r += BLOCK) {
    const at = <usize>r * pitch;
    addProducts(g + at, x + at, min(BLOCK, rows - r), columns, sums, products);
  }
}

/** y[j] = the sum of a x over the rows. */
export function columnProducts(a: usize, x: usize, y: usize, rows: i32, columns: i32, scratch: usize): void {
  const products = scratch + ((<usize>columns) << 3);
  totalProducts(a, x, rows, columns, scratch, products);
  for (let j = 0; j < columns; j++) store<f32>(y + ((<usize>j) << 2), <f32>load<f64>(products + ((<usize>j) << 3)));
}

/** dz = rate_j (g - mean_j(g) - x mean_j(g x)), the gradient of `standardiseColumns`; dz may be g. */
export function standardiseGradient(
  x: usize,
  g: usize,
  rates: usize,
  dz: usize,
  rows: i32,
  columns: i32,
  scratch: usize,
): void {
  const pitch = (<usize>columns) << 2;
  const sums = scratch;
  const products = sums + 2 * pitch;
  const meanSums = products + 2 * pitch;
  const meanProducts = meanSums + pitch;
  totalProducts(g, x, rows, columns, sums, products);
  const n = <f64>rows;
  for (let j = 0; j < columns; j++) {
    const at = (<usize>j) << 2;
    store<f32>(meanSums + at, <f32>(load<f64>(sums + 2 * at) / n));
    store<f32>(meanProducts + at, <f32>(load<f64>(products + 2 * at) / n));
  }
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < columns; j += 4) {
      const at = (<usize>j) << 2;
      const part = min(4, columns - j);
      const distance = f32x4.sub(loadUpTo(g + at, part), loadUpTo(meanSums + at, part));
      const along = f32x4.mul(loadUpTo(x + at, part), loadUpTo(meanProducts + at, part));
      storeUpTo(dz + at, f32x4.mul(f32x4.sub(distance, along), loadUpTo(rates + at, part)), part);
    }
    x += pitch;
    g += pitch;
    dz += pitch;
  }
}

/** y = x factor_j, rows of `columns`. */
export function scaleColumns(x: usize, factors: usize, y: usize, rows: i32, columns: i32): void {
  const pitch = (<usize>columns) << 2;
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < columns; j += 4) {
      const at = (<usize>j) << 2;
      const part = min(4, columns - j);
      storeUpTo(y + at, f32x4.mul(loadUpTo(x + at, part), loadUpTo(factors + at, part)), part);
    }
    x += pitch;
    y += pitch;
  }
}
