import { loadPart, loadUpTo, storeUpTo, sumLanes } from './lanes';
import { expNegative4, log1 } from './math';
import { rowMax } from './rows';
import { madd } from './simd';

// Rows as distributions, exp(scale x) over their sum, by logarithms; and rows of unit length. A row is read again from the cache.

/** The sum of the first `count` lanes. */
function sumUpTo(value: v128, count: i32): f64 {
  let sum = <f64>f32x4.extract_lane(value, 0);
  if (count > 1) sum += <f64>f32x4.extract_lane(value, 1);
  if (count > 2) sum += <f64>f32x4.extract_lane(value, 2);
  return sum;
}

/** The sum of exp(scale (x - most)) over a row. */
function sumOfExponentials(x: usize, columns: i32, most: f32, scale: f32): f64 {
  const m = f32x4.splat(most);
  const f = f32x4.splat(scale);
  const wholes = columns & ~3;
  let sum = f32x4.splat(0);
  for (let k = 0; k < wholes; k += 4) {
    sum = f32x4.add(sum, expNegative4(f32x4.mul(f32x4.sub(v128.load(x), m), f)));
    x += 16;
  }
  let total = sumLanes(sum);
  const rest = columns - wholes;
  if (rest) total += sumUpTo(expNegative4(f32x4.mul(f32x4.sub(loadPart(x, rest), m), f)), rest);
  return total;
}

/** y = scale x - log(sum of exp(scale x)) for every row. */
export function logSoftmaxRows(x: usize, y: usize, rows: i32, columns: i32, scale: f32): void {
  const bytes = (<usize>columns) << 2;
  const f = f32x4.splat(scale);
  for (let r = 0; r < rows; r++) {
    const most = rowMax(x, columns);
    const m = f32x4.splat(most);
    const log = f32x4.splat(log1(<f32>sumOfExponentials(x, columns, most, scale)));
    for (let k = 0; k < columns; k += 4) {
      const at = (<usize>k) << 2;
      const part = min(4, columns - k);
      const logit = f32x4.mul(f32x4.sub(loadUpTo(x + at, part), m), f);
      storeUpTo(y + at, f32x4.sub(logit, log), part);
    }
    x += bytes;
    y += bytes;
  }
}

/** dx = scale (dy - exp(y) sum(dy)) for every row, y being logarithms. */
export function logSoftmaxGradientRows(y: usize, dy: usize, dx: usize, rows: i32, columns: i32, scale: f32): void {
  const bytes = (<usize>columns) << 2;
  const f = f32x4.splat(scale);
  for (let r = 0; r < rows; r++) {
    let total: f64 = 0;
    for (let at: usize = 0; at < bytes; at += 4) total += <f64>load<f32>(dy + at);
    const sum = f32x4.splat(<f32>total);
    for (let k = 0; k < columns; k += 4) {
      const at = (<usize>k) << 2;
      const part = min(4, columns - k);
      const share = f32x4.mul(expNegative4(loadUpTo(y + at, part)), sum);
      storeUpTo(dx + at, f32x4.mul(f32x4.sub(loadUpTo(dy + at, part), share), f), part);
    }
    y += bytes;
    dy += bytes;
    dx += bytes;
  }
}

/**
 * The sum over all rows of - sum_k q_k log p_k, p = exp(scale x) over its sum. Keeps for each row the largest x, the sum of exp(scale (x - largest)) and
 * the sum of q.
 */
export function crossEntropyRows(q: usize, x: usize, kept: usize, rows: i32, columns: i32, scale: f32): f64 {
  const bytes = (<usize>columns) << 2;
  const wholes = columns & ~3;
  const rest = columns - wholes;
  const f = f32x4.splat(scale);
  let all: f64 = 0;
  for (let r = 0; r < rows; r++) {
    const most = rowMax(x, columns);
    const m = f32x4.splat(most);
    let exponentials = f32x4.splat(0);
    let targets = f32x4.splat(0);
    let products = f32x4.splat(0);
    for (let k = 0; k < wholes; k += 4) {
      const at = (<usize>k) << 2;
      const logit = f32x4.mul(f32x4.sub(v128.load(x + at), m), f);
      const target = v128.load(q + at);
      exponentials = f32x4.add(exponentials, expNegative4(logit));
      targets = f32x4.add(targets, target);
      products = madd(target, logit, products);
    }
    let sum = sumLanes(exponentials);
    let target = sumLanes(targets);
    let product = sumLanes(products);
    if (rest) {
      const at = (<usize>wholes) << 2;
      const logit = f32x4.mul(f32x4.sub(loadPart(x + at, rest), m), f);
      const last = loadPart(q + at, rest);
      sum += sumUpTo(expNegative4(logit), rest);
      target += sumUpTo(last, rest);
      product += sumUpTo(f32x4.mul(last, logit), rest);
    }
    all += target * <f64>log1(<f32>sum) - product;
    store<f32>(kept, most);
    store<f32>(kept, <f32>sum, 4);
    store<f32>(kept, <f32>target, 8);
    kept += 12;
    q += bytes;
    x += bytes;
  }
  return all;
}

/** dx = factor (p sum(q) - q) for every row; `factor` holds the scale. */
export function crossEntropyGradientRows(
  q: usize,
  x: usize,
  kept: usize,
  dx: usize,
  rows: i32,
  columns: i32,
  scale: f32,
  factor: f32,
): void {
  const bytes = (<usize>columns) << 2;
  const f = f32x4.splat(scale);
  const g = f32x4.splat(factor);
  for (let r = 0; r < rows; r++) {
    const m = f32x4.splat(load<f32>(kept));
    const share = f32x4.splat(load<f32>(kept, 8) / load<f32>(kept, 4));
    for (let k = 0; k < columns; k += 4) {
      const at = (<usize>k) << 2;
      const part = min(4, columns - k);
      const e = expNegative4(f32x4.mul(f32x4.sub(loadUpTo(x + at, part), m), f));
      const slope = f32x4.sub(f32x4.mul(e, share), loadUpTo(q + at, part));
      storeUpTo(dx + at, f32x4.mul(slope, g), part);
    }
    kept += 12;
    q += bytes;
    x += bytes;
    dx += bytes;
  }
}

function rowProduct(x: usize, y: usize, columns: i32): f64 {
  const wholes = columns & ~3;
  let sum = f32x4.splat(0);
  let k = 0;
  for (; k < wholes; k += 4) {
    sum = madd(v128.load(x), v128.load(y), sum);
    x += 16;
    y += 16;
  }
  let total = sumLanes(sum);
  for (; k < columns; k++) {
    total += <f64>load<f32>(x) * <f64>load<f32>(y);
    x += 4;
    y += 4;
  }
  return total;
}

/**
 * y = rate x for every row, rate = 1 / sqrt(max(sum of x^2, smallest)). Keeps the rates, negative where the bound was taken. A row whose squares
 * overflow float32 gives NaN, not zeros.
 */
export function normaliseRows(x: usize, y: usize, rates: usize, rows: i32, columns: i32, smallest: f64): void {
  const bytes = (<usize>columns) << 2;
  for (let r = 0; r < rows; r++) {
    const squares = <f64>(<f32>rowProduct(x, x, columns));
    const isBound = squares < smallest;
    const rate = <f32>(1.0 / Math.sqrt(isBound ? smallest : squares) + 0 * squares);
    store<f32>(rates, isBound ? -rate : rate);
    const factor = f32x4.splat(rate);
    for (let k = 0; k < columns; k += 4) {
      const at = (<usize>k) << 2;
      const part = min(4, columns - k);
      storeUpTo(y + at, f32x4.mul(loadUpTo(x + at, part), factor), part);
    }
    rates += 4;
    x += bytes;
    y += bytes;
  }
}

/** dx = rate (dy - y (y . dy)), rate dy where the bound was taken. */
export function normaliseGradientRows(y: usize, dy: usize, rates: usize, dx: usize, rows: i32, columns: i32): void {
  const bytes = (<usize>columns) << 2;
  for (let r = 0; r < rows; r++) {
    const rate = load<f32>(rates);
    const factor = f32x4.splat(Mathf.abs(rate));
    const along = f32x4.splat(rate < 0 ? 0 : <f32>rowProduct(y, dy, columns));
    for (let k = 0; k < columns; k += 4) {
      const at = (<usize>k) << 2;
      const part = min(4, columns - k);
      const across = f32x4.sub(loadUpTo(dy + at, part), f32x4.mul(loadUpTo(y + at, part), along));
      storeUpTo(dx + at, f32x4.mul(across, factor), part);
    }
    rates += 4;
    y += bytes;
    dy += bytes;
    dx += bytes;
  }
}
