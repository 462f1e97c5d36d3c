import { flushSums, loadPart, storePart, sumLanes } from './lanes';
import { expNegative4 } from './math';
import { madd } from './simd';

// Functions of whole rows: layer normalisation and the softmax. A row is read again from the cache.

/** The sum of the distances from `origin`. From an element of the row, a constant row gives 0 exactly. */
function rowSum(x: usize, origin: f32, vectors: usize, bytes: usize): f64 {
  const o = f32x4.splat(origin);
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  let at: usize = 0;
  for (; at + 32 <= vectors; at += 32) {
    s0 = f32x4.add(s0, f32x4.sub(v128.load(x + at), o));
    s1 = f32x4.add(s1, f32x4.sub(v128.load(x + at, 16), o));
  }
  if (at < vectors) {
    s0 = f32x4.add(s0, f32x4.sub(v128.load(x + at), o));
    at += 16;
  }
  let sum = sumLanes(f32x4.add(s0, s1));
  for (; at < bytes; at += 4) sum += <f64>(load<f32>(x + at) - origin);
  return sum;
}

function rowSquares(x: usize, mean: f32, vectors: usize, bytes: usize): f64 {
  const m = f32x4.splat(mean);
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  let at: usize = 0;
  for (; at + 32 <= vectors; at += 32) {
    const d0 = f32x4.sub(v128.load(x + at), m);
    const d1 = f32x4.sub(v128.load(x + at, 16), m);
    s0 = madd(d0, d0, s0);
    s1 = madd(d1, d1, s1);
  }
  if (at < vectors) {
    const d = f32x4.sub(v128.load(x + at), m);
    s0 = madd(d, d, s0);
    at += 16;
  }
  let sum = sumLanes(f32x4.add(s0, s1));
  for (; at < bytes; at += 4) {
    const d = <f64>(load<f32>(x + at) - mean);
    sum += d * d;
  }
  return sum;
}

/** y = gamma (x - mean) / sqrt(variance + epsilon) + beta over every row; keeps the mean and the rate 1 / sqrt(...) of each row. */
export function layerNorm(
  x: usize,
  y: usize,
  rows: i32,
  columns: i32,
  gamma: usize,
  beta: usize,
  means: usize,
  rates: usize,
  epsilon: f64,
): void {
  const bytes = (<usize>columns) << 2;
  const vectors = bytes & ~15;
  const n = <f64>columns;
  for (let r = 0; r < rows; r++) {
    const origin = load<f32>(x);
    const mean = <f32>(<f64>origin + rowSum(x, origin, vectors, bytes) / n);
    const rate = <f32>(1.0 / Math.sqrt(rowSquares(x, mean, vectors, bytes) / n + epsilon));
    store<f32>(means, mean);
    store<f32>(rates, rate);
    const m = f32x4.splat(mean);
    const k = f32x4.splat(rate);
    let at: usize = 0;
    for (; at < vectors; at += 16) {
      const xhat = f32x4.mul(f32x4.sub(v128.load(x + at), m), k);
      v128.store(y + at, madd(xhat, v128.load(gamma + at), v128.load(beta + at)));
    }
    if (at < bytes) {
      const rest = columns & 3;
      const xhat = f32x4.mul(f32x4.sub(loadPart(x + at, rest), m), k);
      storePart(y + at, madd(xhat, loadPart(gamma + at, rest), loadPart(beta + at, rest)), rest);
    }
    means += 4;
    rates += 4;
    x += bytes;
    y += bytes;
  }
}

/** Rows whose parameter gradients are summed in float32 before they go into the float64 totals. */
const RUN: i32 = 64;

/** Bytes of scratch for `layerNormGradient`. */
export function layerNormScratch(columns: i32): i32 {
  return ((columns + 3) & ~3) * 24;
}

/**
 * With g = gamma dy and xhat = rate (x - mean): dx = rate (g - mean(g) - xhat mean(g xhat)), dgamma = sum dy xhat, dbeta = sum dy over the rows.
 */
export function layerNormGradient(
  x: usize,
  dy: usize,
  dx: usize,
  dgamma: usize,
  dbeta: usize,
  rows: i32,
  columns: i32,
  gamma: usize,
  means: usize,
  rates: usize,
  scratch: usize,
): void {
  const bytes = (<usize>columns) << 2;
  const padded = (<usize>((columns + 3) & ~3)) << 2;
  const partGamma = scratch;
  const partBeta = partGamma + padded;
  const totalGamma = partBeta + padded;
  const totalBeta = totalGamma + 2 * padded;
  memory.fill(scratch, 0, 6 * padded);
  for (let start = 0; start < rows; start += RUN) {
    const end = min(start + RUN, rows);
    for (let r = start; r < end; r++) {
      layerNormGradientRow(x, dy, dx, columns, gamma, load<f32>(means), load<f32>(rates), partGamma, partBeta);
      means += 4;
      rates += 4;
      x += bytes;
      dy += bytes;
      dx += bytes;
    }
    flushSums(partGamma, totalGamma, columns);
    flushSums(partBeta, totalBeta, columns);
  }
  for (let c = 0; c < columns; c++) {
    store<f32>(dgamma + ((<usize>c) << 2), <f32>load<f64>(totalGamma + ((<usize>c) << 3)));
    store<f32>(dbeta + ((<usize>c) << 2), <f32>load<f64>(totalBeta + ((<usize>c) << 3)));
  }
}

function layerNormGradientRow(
  x: usize,
  dy: usize,
  dx: usize,
  columns: i32,
  gamma: usize,
  mean: f32,
  rate: f32,
  partGamma: usize,
  partBeta: usize,
): void {
  const bytes = (<usize>columns) << 2;
  const vectors = bytes & ~15;
  const rest = columns & 3;
  const m = f32x4.splat(mean);
  const k = f32x4.splat(rate);
  let sum = f32x4.splat(0);
  let product = f32x4.splat(0);
  let at: usize = 0;
  for (; at < vectors; at += 16) {
    const d = v128.load(dy + at);
    const xhat = f32x4.mul(f32x4.sub(v128.load(x + at), m), k);
    const g = f32x4.mul(d, v128.load(gamma + at));
    sum = f32x4.add(sum, g);
    product = madd(g, xhat, product);
    v128.store(partGamma + at, madd(d, xhat, v128.load(partGamma + at)));
    v128.store(partBeta + at, f32x4.add(d, v128.load(partBeta + at)));
  }
  if (rest) {
    // The empty lanes have gamma and dy 0.
    const d = loadPart(dy + at, rest);
    const xhat = f32x4.mul(f32x4.sub(loadPart(x + at, rest), m), k);
    const g = f32x4.mul(d, loadPart(gamma + at, rest));
    sum = f32x4.add(sum, g);
    product = madd(g, xhat, product);
    storePart(partGamma + at, madd(d, xhat, loadPart(partGamma + at, rest)), rest);
    storePart(partBeta + at, f32x4.add(d, loadPart(partBeta + at, rest)), rest);
  }
  const n = <f64>columns;
  const meanSum = f32x4.splat(<f32>(sumLanes(sum) / n));
  const meanProduct = f32x4.splat(<f32>(sumLanes(product) / n));
  for (at = 0; at < vectors; at += 16) {
    const xhat = f32x4.mul(f32x4.sub(v128.load(x + at), m), k);
    const g = f32x4.mul(v128.load(dy + at), v128.load(gamma + at));
    v128.store(dx + at, f32x4.mul(f32x4.sub(f32x4.sub(g, meanSum), f32x4.mul(xhat, meanProduct)), k));
  }
  if (rest) {
    const xhat = f32x4.mul(f32x4.sub(loadPart(x + at, rest), m), k);
    const g = f32x4.mul(loadPart(dy + at, rest), loadPart(gamma + at, rest));
    storePart(dx + at, f32x4.mul(f32x4.sub(f32x4.sub(g, meanSum), f32x4.mul(xhat, meanProduct)), k), rest);
  }
}

/** The largest element of a row; NaN if there is one. */
export function rowMax(x: usize, columns: i32): f32 {
  const vectors = (<usize>(columns & ~3)) << 2;
  let most = f32x4.splat(-f32.MAX_VALUE * 2);
  let at: usize = 0;
  for (; at < vectors; at += 16) most = f32x4.max(most, v128.load(x + at));
  let value = max(
    max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
    max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
  );
  for (; at < (<usize>columns) << 2; at += 4) value = max(value, load<f32>(x + at));
  return value;
}

/** y = softmax(scale x) for every row of `columns`; x and y may be the same. */
export function softmaxRows(x: usize, y: usize, rows: i32, columns: i32, scale: f32): void {
  const bytes = (<usize>columns) << 2;
  const vectors = bytes & ~15;
  const rest = columns & 3;
  const factor = f32x4.splat(scale);
  for (let r = 0; r < rows; r++) {
    const most = f32x4.splat(rowMax(x, columns));
    let sum = f32x4.splat(0);
    let at: usize = 0;
    for (; at < vectors; at += 16) {
      const value = expNegative4(f32x4.mul(f32x4.sub(v128.load(x + at), most), factor));
      sum = f32x4.add(sum, value);
      v128.store(y + at, value);
    }
    let total = sumLanes(sum);
    if (rest) {
      const value = expNegative4(f32x4.mul(f32x4.sub(loadPart(x + at, rest), most), factor));
      storePart(y + at, value, rest);
      for (; at < bytes; at += 4) total += <f64>load<f32>(y + at);
    }
    const share = <f32>(1.0 / total);
    const shares = f32x4.splat(share);
    for (at = 0; at < vectors; at += 16) v128.store(y + at, f32x4.mul(v128.load(y + at), shares));
    for (; at < bytes; at += 4) store<f32>(y + at, load<f32>(y + at) * share);
    x += bytes;
    y += bytes;
  }
}

/** dx = scale y (dy - sum(y dy)) for every row; dx may be dy. */
export function softmaxGradientRows(y: usize, dy: usize, dx: usize, rows: i32, columns: i32, scale: f32): void {
  const bytes = (<usize>columns) << 2;
  const vectors = bytes & ~15;
  for (let r = 0; r < rows; r++) {
    let product = f32x4.splat(0);
    let at: usize = 0;
    for (; at < vectors; at += 16) product = madd(v128.load(y + at), v128.load(dy + at), product);
    let total = sumLanes(product);
    for (; at < bytes; at += 4) total += <f64>load<f32>(y + at) * <f64>load<f32>(dy + at);
    const sum = <f32>total;
    const sums = f32x4.splat(sum);
    const factor = f32x4.splat(scale);
    for (at = 0; at < vectors; at += 16) {
      v128.store(dx + at, f32x4.mul(f32x4.mul(f32x4.sub(v128.load(dy + at), sums), v128.load(y + at)), factor));
    }
    for (; at < bytes; at += 4) store<f32>(dx + at, (load<f32>(dy + at) - sum) * load<f32>(y + at) * scale);
    y += bytes;
    dy += bytes;
    dx += bytes;
  }
}
