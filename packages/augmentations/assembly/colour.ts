import { clamped, gray, load2, store2 } from './lanes';

/** `clamp(factor * v)` of all planes, `values` in all. */
export function brightness(at: usize, values: i32, factor: f64): void {
  const factors = f64x2.splat(factor);
  for (const end = at + 4 * <usize>values; at < end; at += 8) {
    store2(at, clamped(f64x2.mul(factors, load2(at))));
  }
}

/** `clamp(factor * v + (1 - factor) * mean)` of all planes. */
export function contrast(planes: usize, plane: usize, channels: i32, pixels: i32, factor: f64): void {
  const sum = channels == 3 ? graySum(planes, plane, pixels) : planeSum(planes, pixels);
  const rests = f64x2.splat(((1 - factor) * sum) / <f64>pixels);
  const factors = f64x2.splat(factor);
  for (let at = planes, end = planes + plane * <usize>channels; at < end; at += 8) {
    store2(at, clamped(f64x2.add(f64x2.mul(factors, load2(at)), rests)));
  }
}

/** Pixel by pixel, as in TypeScript: another order would round otherwise. */
function graySum(planes: usize, plane: usize, pixels: i32): f64 {
  let sum: f64 = 0;
  const even = planes + 4 * <usize>(pixels & ~1);
  let at = planes;
  for (; at < even; at += 8) {
    const pair = gray(load2(at), load2(at + plane), load2(at + 2 * plane));
    sum += f64x2.extract_lane(pair, 0);
    sum += f64x2.extract_lane(pair, 1);
  }
  if (pixels & 1) sum += f64x2.extract_lane(gray(load2(at), load2(at + plane), load2(at + 2 * plane)), 0);
  return sum;
}

function planeSum(at: usize, pixels: i32): f64 {
  let sum: f64 = 0;
  for (const end = at + 4 * <usize>pixels; at < end; at += 4) sum += load<f32>(at);
  return sum;
}

/** `clamp(factor * v + (1 - factor) * gray)` of three planes. */
export function saturation(planes: usize, plane: usize, pixels: i32, factor: f64): void {
  const factors = f64x2.splat(factor);
  const others = f64x2.splat(1 - factor);
  for (let at = planes, end = planes + 4 * <usize>pixels; at < end; at += 8) {
    const r = load2(at);
    const g = load2(at + plane);
    const b = load2(at + 2 * plane);
    const rest = f64x2.mul(others, gray(r, g, b));
    store2(at, clamped(f64x2.add(f64x2.mul(factors, r), rest)));
    store2(at + plane, clamped(f64x2.add(f64x2.mul(factors, g), rest)));
    store2(at + 2 * plane, clamped(f64x2.add(f64x2.mul(factors, b), rest)));
  }
}

/** The hue of three planes turned by `turn` sixths of the circle, 0 to 6. */
export function hue(planes: usize, plane: usize, pixels: i32, turn: f64): void {
  const zero = f64x2.splat(0);
  const one = f64x2.splat(1);
  const two = f64x2.splat(2);
  const three = f64x2.splat(3);
  const four = f64x2.splat(4);
  const six = f64x2.splat(6);
  const turns = f64x2.splat(turn);
  for (let at = planes, end = planes + 4 * <usize>pixels; at < end; at += 8) {
    const r = load2(at);
    const g = load2(at + plane);
    const b = load2(at + 2 * plane);
    const sum = f64x2.add(f64x2.add(r, g), b);
    const unknown = f64x2.ne(sum, sum);
    const high = f64x2.pmax(f64x2.pmax(r, g), b);
    const low = f64x2.pmin(f64x2.pmin(r, g), b);
    const range = f64x2.sub(high, low);
    const unit = v128.bitselect(one, range, f64x2.eq(range, zero));
    const red = f64x2.eq(high, r);
    const green = f64x2.eq(high, g);
    const difference = v128.bitselect(f64x2.sub(g, b), v128.bitselect(f64x2.sub(b, r), f64x2.sub(r, g), green), red);
    const base = v128.bitselect(zero, v128.bitselect(two, four, green), red);
    let hue = f64x2.add(turns, f64x2.add(base, f64x2.div(difference, unit)));
    hue = f64x2.sub(hue, v128.and(f64x2.ge(hue, six), six));
    hue = f64x2.add(hue, v128.and(f64x2.lt(hue, zero), six));
    const redShare = clamped(f64x2.sub(f64x2.abs(f64x2.sub(hue, three)), one));
    const greenShare = clamped(f64x2.sub(two, f64x2.abs(f64x2.sub(hue, two))));
    const blueShare = clamped(f64x2.sub(two, f64x2.abs(f64x2.sub(hue, four))));
    // All ones are a NaN.
    store2(at, v128.or(f64x2.add(low, f64x2.mul(range, redShare)), unknown));
    store2(at + plane, v128.or(f64x2.add(low, f64x2.mul(range, greenShare)), unknown));
    store2(at + 2 * plane, v128.or(f64x2.add(low, f64x2.mul(range, blueShare)), unknown));
  }
}

/** Gray in all three planes. */
export function grayscale(planes: usize, plane: usize, pixels: i32): void {
  for (let at = planes, end = planes + 4 * <usize>pixels; at < end; at += 8) {
    const value = gray(load2(at), load2(at + plane), load2(at + 2 * plane));
    store2(at, value);
    store2(at + plane, value);
    store2(at + 2 * plane, value);
  }
}

/** `1 - v` from the threshold on, in all planes. */
export function solarise(at: usize, values: i32, threshold: f64): void {
  const thresholds = f64x2.splat(threshold);
  const one = f64x2.splat(1);
  for (const end = at + 4 * <usize>values; at < end; at += 8) {
    const pair = load2(at);
    store2(at, v128.bitselect(f64x2.sub(one, pair), pair, f64x2.ge(pair, thresholds)));
  }
}
