import { flushSums, sumLanes } from './lanes';
import { expNegative1, expNegative4, log1 } from './math';
import { madd } from './simd';

/**
 * Sinkhorn-Knopp in one pass over the matrix an iteration: while a row is in the first-level cache its sum is taken, it is scaled, and what the
 * next balance of the columns needs is added up. `scratch` holds a few vectors; the matrix is only ever where the result goes.
 *
 * 1 / epsilon comes in two parts, high + low: score / epsilon is then rounded once.
 */

/** Rows whose column sums stay in float32 before they go into float64 totals. */
const RUN: i32 = 32;

/** Bytes of scratch for the functions of this file. */
export function sinkhornScratch(rows: i32, columns: i32): i32 {
  return columns * 32 + rows * 4;
}

/** distance / epsilon; for -Infinity, of which the two parts would make NaN, the most negative number stands. */
function quotient4(distance: v128, high: f32, low: f32): v128 {
  const finite = f32x4.pmax(distance, f32x4.splat(-f32.MAX_VALUE));
  return madd(finite, f32x4.splat(high), f32x4.mul(finite, f32x4.splat(low)));
}

function quotient1(distance: f32, high: f32, low: f32): f32 {
  return f32x4.extract_lane(quotient4(f32x4.splat(distance), high, low), 0);
}

/** The largest number of a row; NaN is passed over, to be seen in what follows. */
function largest(x: usize, columns: i32): f32 {
  const end = (<usize>columns) << 2;
  let m0 = f32x4.splat(-Infinity);
  let m1 = m0;
  let at: usize = 0;
  for (; at + 32 <= end; at += 32) {
    m0 = f32x4.pmax(m0, v128.load(x + at));
    m1 = f32x4.pmax(m1, v128.load(x + at, 16));
  }
  m0 = f32x4.pmax(m0, m1);
  let most = max(
    max(f32x4.extract_lane(m0, 0), f32x4.extract_lane(m0, 1)),
    max(f32x4.extract_lane(m0, 2), f32x4.extract_lane(m0, 3)),
  );
  for (; at < end; at += 4) {
    const value = load<f32>(x + at);
    if (value > most) most = value;
  }
  return most;
}

/** The largest and the smallest number of a row to `to`; NaN is passed over. */
function extremes(x: usize, columns: i32, to: usize): void {
  const end = (<usize>columns) << 2;
  let high0 = f32x4.splat(-Infinity);
  let high1 = high0;
  let low0 = f32x4.splat(Infinity);
  let low1 = low0;
  let at: usize = 0;
  for (; at + 32 <= end; at += 32) {
    const x0 = v128.load(x + at);
    const x1 = v128.load(x + at, 16);
    high0 = f32x4.pmax(high0, x0);
    high1 = f32x4.pmax(high1, x1);
    low0 = f32x4.pmin(low0, x0);
    low1 = f32x4.pmin(low1, x1);
  }
  high0 = f32x4.pmax(high0, high1);
  low0 = f32x4.pmin(low0, low1);
  let most = max(
    max(f32x4.extract_lane(high0, 0), f32x4.extract_lane(high0, 1)),
    max(f32x4.extract_lane(high0, 2), f32x4.extract_lane(high0, 3)),
  );
  let least = min(
    min(f32x4.extract_lane(low0, 0), f32x4.extract_lane(low0, 1)),
    min(f32x4.extract_lane(low0, 2), f32x4.extract_lane(low0, 3)),
  );
  for (; at < end; at += 4) {
    const value = load<f32>(x + at);
    if (value > most) most = value;
    if (value < least) least = value;
  }
  store<f32>(to, most);
  store<f32>(to, least, 4);
}

/**
 * 2^(high + low) d for products between -80 and 0, within 4 ulp: two thirds of the work of an exponential that goes to 0 further down. The power's
 * polynomial is a minimax fit with a relative error of 9e-8.
 */
function boundedPower4(d: v128, high: f32, low: f32): v128 {
  const shifter = f32x4.splat(12582912);
  const shifted = madd(d, f32x4.splat(high), shifter);
  const f = madd(d, f32x4.splat(low), madd(d, f32x4.splat(high), f32x4.sub(shifter, shifted)));
  let p = f32x4.splat(0.001326472731307149);
  p = madd(p, f, f32x4.splat(0.009671512991189957));
  p = madd(p, f, f32x4.splat(0.05550733581185341));
  p = madd(p, f, f32x4.splat(0.24022242426872253));
  p = madd(p, f, f32x4.splat(0.6931470036506653));
  p = madd(p, f, f32x4.splat(1));
  return f32x4.mul(p, i32x4.add(i32x4.shl(shifted, 23), i32x4.splat(0x3f800000)));
}

/** `exponentials` of scores that are known to range over no more than 40 epsilon. `high` and `low` are those of log2(e) / epsilon. */
function boundedExponentials(
  s: usize,
  e: usize,
  sums: usize,
  columns: i32,
  most: f32,
  weight: f32,
  high: f32,
  low: f32,
): void {
  const end = (<usize>columns) << 2;
  const m = f32x4.splat(most);
  const w = f32x4.splat(weight);
  let at: usize = 0;
  for (; at + 16 <= end; at += 16) {
    const value = boundedPower4(f32x4.sub(v128.load(s + at), m), high, low);
    v128.store(e + at, value);
    v128.store(sums + at, madd(w, value, v128.load(sums + at)));
  }
  for (; at < end; at += 4) {
    const value = f32x4.extract_lane(boundedPower4(f32x4.splat(load<f32>(s + at) - most), high, low), 0);
    store<f32>(e + at, value);
    store<f32>(sums + at, load<f32>(sums + at) + weight * value);
  }
}

/** e = exp((s - most) / epsilon), sums += weight e. */
function exponentials(
  s: usize,
  e: usize,
  sums: usize,
  columns: i32,
  most: f32,
  weight: f32,
  high: f32,
  low: f32,
): void {
  const end = (<usize>columns) << 2;
  const m = f32x4.splat(most);
  const w = f32x4.splat(weight);
  let at: usize = 0;
  for (; at + 16 <= end; at += 16) {
    const value = expNegative4(quotient4(f32x4.sub(v128.load(s + at), m), high, low));
    v128.store(e + at, value);
    v128.store(sums + at, madd(w, value, v128.load(sums + at)));
  }
  for (; at < end; at += 4) {
    const value = expNegative1(quotient1(load<f32>(s + at) - most, high, low));
    store<f32>(e + at, value);
    store<f32>(sums + at, load<f32>(sums + at) + weight * value);
  }
}

function dot(x: usize, y: usize, columns: i32): f64 {
  const end = (<usize>columns) << 2;
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  let s2 = f32x4.splat(0);
  let s3 = f32x4.splat(0);
  let at: usize = 0;
  for (; at + 64 <= end; at += 64) {
    s0 = madd(v128.load(x + at), v128.load(y + at), s0);
    s1 = madd(v128.load(x + at, 16), v128.load(y + at, 16), s1);
    s2 = madd(v128.load(x + at, 32), v128.load(y + at, 32), s2);
    s3 = madd(v128.load(x + at, 48), v128.load(y + at, 48), s3);
  }
  let total = sumLanes(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
  for (; at < end; at += 4) total += <f64>load<f32>(x + at) * <f64>load<f32>(y + at);
  return total;
}

/** y += factor x. */
function addScaled(x: usize, y: usize, columns: i32, factor: f32): void {
  const end = (<usize>columns) << 2;
  const f = f32x4.splat(factor);
  let at: usize = 0;
  for (; at + 16 <= end; at += 16) v128.store(y + at, madd(v128.load(x + at), f, v128.load(y + at)));
  for (; at < end; at += 4) store<f32>(y + at, load<f32>(y + at) + factor * load<f32>(x + at));
}

/** x = factor x u. */
function scaleRow(x: usize, u: usize, columns: i32, factor: f32): void {
  const end = (<usize>columns) << 2;
  const f = f32x4.splat(factor);
  let at: usize = 0;
  for (; at + 16 <= end; at += 16) v128.store(x + at, f32x4.mul(f32x4.mul(v128.load(x + at), v128.load(u + at)), f));
  for (; at < end; at += 4) store<f32>(x + at, load<f32>(x + at) * load<f32>(u + at) * factor);
}

/** u = 1 / (columns totals). */
function balanceColumns(totals: usize, u: usize, columns: i32): void {
  for (let k: usize = 0; k < <usize>columns; k++)
    store<f32>(u + (k << 2), <f32>(1 / (<f64>columns * load<f64>(totals + (k << 3)))));
}

/**
 * q = the assignment for scores s, with scaling vectors: q = diag(v) E diag(u), E = exp((s - row maximum) / epsilon). Returns 0, and leaves no
 * result, where the scores range over more than `limit`: the smallest of E would vanish.
 */
export function sinkhornPlain(
  s: usize,
  q: usize,
  rows: i32,
  columns: i32,
  high: f32,
  low: f32,
  iterations: i32,
  limit: f64,
  scratch: usize,
): i32 {
  const pitch = (<usize>columns) << 2;
  const totals = scratch;
  const sums = totals + 2 * pitch;
  const u = sums + pitch;
  const rowMaxima = u + pitch;
  const found = rowMaxima + ((<usize>rows) << 2);
  memory.fill(totals, 0, 3 * pitch);

  const rate = (<f64>high + <f64>low) * 1.4426950408889634;
  const high2 = <f32>rate;
  const low2 = <f32>(rate - <f64>high2);
  const isBounded = limit * rate < 60;

  // A row weighs exp((its maximum - top) / epsilon) at first; where a new top appears, what was added up is scaled down.
  let top: f32 = -Infinity;
  let bottom: f32 = Infinity;
  for (let n = 0; n < rows; n++) {
    const from = s + <usize>n * pitch;
    extremes(from, columns, found);
    const most = load<f32>(found);
    bottom = min(bottom, load<f32>(found, 4));
    if (most > top) {
      if (n > 0) {
        flushSums(sums, totals, columns);
        const factor = <f64>expNegative1(quotient1(top - most, high, low));
        for (let k: usize = 0; k < <usize>columns; k++)
          store<f64>(totals + (k << 3), load<f64>(totals + (k << 3)) * factor);
      }
      top = most;
    }
    if (!(<f64>top - <f64>bottom <= limit)) return 0;
    store<f32>(rowMaxima + ((<usize>n) << 2), most);
    const weight = expNegative1(quotient1(most - top, high, low));
    const to = q + <usize>n * pitch;
    if (isBounded) boundedExponentials(from, to, sums, columns, most, weight, high2, low2);
    else exponentials(from, to, sums, columns, most, weight, high, low);
    if (n % RUN == RUN - 1) flushSums(sums, totals, columns);
  }
  flushSums(sums, totals, columns);

  if (iterations == 0) {
    let all: f64 = 0;
    for (let k: usize = 0; k < <usize>columns; k++) {
      all += load<f64>(totals + (k << 3));
      store<f32>(u + (k << 2), 1);
    }
    for (let n = 0; n < rows; n++) {
      const weight = expNegative1(quotient1(load<f32>(rowMaxima + ((<usize>n) << 2)) - top, high, low));
      scaleRow(q + <usize>n * pitch, u, columns, <f32>((<f64>rows * <f64>weight) / all));
    }
    return 1;
  }
  for (let i = 1; i < iterations; i++) {
    balanceColumns(totals, u, columns);
    memory.fill(totals, 0, 2 * pitch);
    for (let n = 0; n < rows; n++) {
      const row = q + <usize>n * pitch;
      addScaled(row, sums, columns, <f32>(1 / (<f64>rows * dot(row, u, columns))));
      if (n % RUN == RUN - 1) flushSums(sums, totals, columns);
    }
    flushSums(sums, totals, columns);
  }
  balanceColumns(totals, u, columns);
  for (let n = 0; n < rows; n++) {
    const row = q + <usize>n * pitch;
    scaleRow(row, u, columns, <f32>(1 / dot(row, u, columns)));
  }
  return 1;
}

// The log domain. A column's sum of exponentials is kept as its largest exponent so far and the sum relative to that.

/** most = -Infinity as good as, sum = 0. */
function clearSums(most: usize, sums: usize, columns: i32): void {
  for (let k: usize = 0; k < <usize>columns; k++) {
    store<f32>(most + (k << 2), -f32.MAX_VALUE);
    store<f32>(sums + (k << 2), 0);
  }
}

/** Adds exp(x + offset) to the sums of a row of columns: one exponential an element, whichever of the two exponents is larger. */
function addExponentials(x: usize, offset: f32, most: usize, sums: usize, columns: i32): void {
  const end = (<usize>columns) << 2;
  const one = f32x4.splat(1);
  const o = f32x4.splat(offset);
  let at: usize = 0;
  for (; at + 16 <= end; at += 16) {
    const value = f32x4.add(v128.load(x + at), o);
    const m = v128.load(most + at);
    const sum = v128.load(sums + at);
    const e = expNegative4(f32x4.neg(f32x4.abs(f32x4.sub(value, m))));
    const larger = f32x4.gt(value, m);
    v128.store(sums + at, v128.bitselect(madd(sum, e, one), f32x4.add(sum, e), larger));
    v128.store(most + at, f32x4.pmax(m, value));
  }
  for (; at < end; at += 4) {
    const value = load<f32>(x + at) + offset;
    const m = load<f32>(most + at);
    const sum = load<f32>(sums + at);
    const e = expNegative1(-Mathf.abs(value - m));
    store<f32>(sums + at, value > m ? sum * e + 1 : sum + e);
    if (value > m) store<f32>(most + at, value);
  }
}

/** The sums of a run of rows join the totals and start again. */
function flushExponentials(most: usize, sums: usize, totalMost: usize, totals: usize, columns: i32): void {
  for (let k: usize = 0; k < <usize>columns; k++) {
    const m = load<f32>(most + (k << 2));
    const sum = <f64>load<f32>(sums + (k << 2));
    const old = load<f32>(totalMost + (k << 2));
    const total = load<f64>(totals + (k << 3));
    const e = <f64>expNegative1(-Mathf.abs(m - old));
    store<f64>(totals + (k << 3), m > old ? total * e + sum : total + sum * e);
    if (m > old) store<f32>(totalMost + (k << 2), m);
  }
  clearSums(most, sums, columns);
}

/** logs = the logarithms of the totals, which start again. */
function takeLogarithms(totals: usize, logs: usize, columns: i32): void {
  for (let k: usize = 0; k < <usize>columns; k++) {
    store<f32>(logs + (k << 2), log1(<f32>load<f64>(totals + (k << 3))));
    store<f64>(totals + (k << 3), 0);
  }
}

/** x = x - most - logs in a row of columns. */
function subtractColumns(x: usize, most: usize, logs: usize, columns: i32): void {
  const end = (<usize>columns) << 2;
  let at: usize = 0;
  for (; at + 16 <= end; at += 16)
    v128.store(x + at, f32x4.sub(f32x4.sub(v128.load(x + at), v128.load(most + at)), v128.load(logs + at)));
  for (; at < end; at += 4) store<f32>(x + at, load<f32>(x + at) - load<f32>(most + at) - load<f32>(logs + at));
}

/** y = exp(x - most) in a row; returns the sum. y may be x; without `y` nothing is written. */
function rowExponentials(x: usize, y: usize, columns: i32, most: f32): f64 {
  const end = (<usize>columns) << 2;
  const m = f32x4.splat(most);
  let s0 = f32x4.splat(0);
  let at: usize = 0;
  for (; at + 16 <= end; at += 16) {
    const value = expNegative4(f32x4.sub(v128.load(x + at), m));
    s0 = f32x4.add(s0, value);
    if (y) v128.store(y + at, value);
  }
  let sum = sumLanes(s0);
  for (; at < end; at += 4) {
    const value = expNegative1(load<f32>(x + at) - most);
    sum += <f64>value;
    if (y) store<f32>(y + at, value);
  }
  return sum;
}

/** x = x - a - b in a row. */
function subtractTwo(x: usize, columns: i32, a: f32, b: f32): void {
  const end = (<usize>columns) << 2;
  const a4 = f32x4.splat(a);
  const b4 = f32x4.splat(b);
  let at: usize = 0;
  for (; at + 16 <= end; at += 16) v128.store(x + at, f32x4.sub(f32x4.sub(v128.load(x + at), a4), b4));
  for (; at < end; at += 4) store<f32>(x + at, load<f32>(x + at) - a - b);
}

/** to = (s - most - columnMost) / epsilon in a row. */
function startLogarithms(s: usize, to: usize, columnMost: usize, columns: i32, most: f32, high: f32, low: f32): void {
  const end = (<usize>columns) << 2;
  const m = f32x4.splat(most);
  let at: usize = 0;
  for (; at + 16 <= end; at += 16) {
    const distance = f32x4.sub(f32x4.sub(v128.load(s + at), m), v128.load(columnMost + at));
    v128.store(to + at, quotient4(distance, high, low));
  }
  for (; at < end; at += 4)
    store<f32>(to + at, quotient1(load<f32>(s + at) - most - load<f32>(columnMost + at), high, low));
}

/**
 * q = the assignment for scores s and any epsilon, by the logarithms of q; at least one iteration.
 *
 * On the logarithm of q itself, not on potentials beside a constant matrix: they grow with 1 / epsilon, and what their sum rounds away would be
 * digits of the elements that decide, which are near 0 here. The first balance takes any factor a column out again: starting without the
 * column maxima only saves digits.
 */
export function sinkhornLog(
  s: usize,
  q: usize,
  rows: i32,
  columns: i32,
  high: f32,
  low: f32,
  iterations: i32,
  scratch: usize,
): void {
  const pitch = (<usize>columns) << 2;
  const totals = scratch;
  const totalMost = totals + 2 * pitch;
  const most = totalMost + pitch;
  const sums = most + pitch;
  const logs = sums + pitch;
  const columnMost = logs + pitch;
  const rowMaxima = columnMost + pitch;

  let top: f32 = -Infinity;
  for (let k: usize = 0; k < <usize>columns; k++) store<f32>(columnMost + (k << 2), -Infinity);
  for (let n = 0; n < rows; n++) {
    const from = s + <usize>n * pitch;
    const rowMost = largest(from, columns);
    top = max(top, rowMost);
    store<f32>(rowMaxima + ((<usize>n) << 2), rowMost);
    for (let at: usize = 0; at < pitch; at += 4) {
      const value = load<f32>(from + at) - rowMost;
      if (value > load<f32>(columnMost + at)) store<f32>(columnMost + at, value);
    }
  }

  memory.fill(totals, 0, 2 * pitch);
  clearSums(totalMost, sums, columns);
  clearSums(most, sums, columns);
  for (let n = 0; n < rows; n++) {
    const row = q + <usize>n * pitch;
    const rowMost = load<f32>(rowMaxima + ((<usize>n) << 2));
    startLogarithms(s + <usize>n * pitch, row, columnMost, columns, rowMost, high, low);
    addExponentials(row, quotient1(rowMost - top, high, low), most, sums, columns);
    if (n % RUN == RUN - 1) flushExponentials(most, sums, totalMost, totals, columns);
  }
  for (let i = 1; i <= iterations; i++) {
    flushExponentials(most, sums, totalMost, totals, columns);
    takeLogarithms(totals, logs, columns);
    // Columns are balanced by what stands in `columnMost` and `logs`, while `totalMost` collects for the next time.
    memory.copy(columnMost, totalMost, pitch);
    for (let k: usize = 0; k < <usize>columns; k++) store<f32>(totalMost + (k << 2), -f32.MAX_VALUE);
    for (let n = 0; n < rows; n++) {
      const row = q + <usize>n * pitch;
      subtractColumns(row, columnMost, logs, columns);
      const rowMost = largest(row, columns);
      if (i == iterations) {
        const sum = rowExponentials(row, row, columns, rowMost);
        const share = f32x4.splat(<f32>(1 / sum));
        let at: usize = 0;
        for (; at + 16 <= pitch; at += 16) v128.store(row + at, f32x4.mul(v128.load(row + at), share));
        for (; at < pitch; at += 4) store<f32>(row + at, load<f32>(row + at) * f32x4.extract_lane(share, 0));
        continue;
      }
      const sum = rowExponentials(row, 0, columns, rowMost);
      subtractTwo(row, columns, rowMost, log1(<f32>sum));
      addExponentials(row, 0, most, sums, columns);
      if (n % RUN == RUN - 1) flushExponentials(most, sums, totalMost, totals, columns);
    }
  }
}
