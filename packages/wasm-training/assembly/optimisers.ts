import { loadPart, storePart, sumLanes } from './lanes';
import { madd } from './simd';

// Updates of one weight in one pass; results are new tensors. Averages are written as a + share (b - a): two rounded factors that should add up
// to 1 do not, and an average of equal numbers must be that number.

/** m' = m + share1 (g - m), v' = v + share2 (g^2 - v), w' = w - decay w - rate m' / (rootBias sqrt(v') + epsilon). */
export function adamw(
  w: usize,
  g: usize,
  m: usize,
  v: usize,
  nextW: usize,
  nextM: usize,
  nextV: usize,
  count: i32,
  share1: f32,
  share2: f32,
  decay: f32,
  rate: f32,
  rootBias: f32,
  epsilon: f32,
): void {
  for (let i = 0; i < count; i += 4) {
    const part = min(count - i, 4);
    const at = (<usize>i) << 2;
    const weight = loadUpTo(w + at, part);
    const gradient = loadUpTo(g + at, part);
    const oldFirst = loadUpTo(m + at, part);
    const oldSecond = loadUpTo(v + at, part);
    const first = madd(f32x4.splat(share1), f32x4.sub(gradient, oldFirst), oldFirst);
    const second = madd(f32x4.splat(share2), f32x4.sub(f32x4.mul(gradient, gradient), oldSecond), oldSecond);
    const scale = madd(f32x4.sqrt(second), f32x4.splat(rootBias), f32x4.splat(epsilon));
    const change = f32x4.mul(f32x4.div(first, scale), f32x4.splat(rate));
    storeUpTo(nextW + at, f32x4.sub(weight, madd(weight, f32x4.splat(decay), change)), part);
    storeUpTo(nextM + at, first, part);
    storeUpTo(nextV + at, second, part);
  }
}

/**
 * d = scale (g + decay w), b' = factor b + share d (d itself without b), w' = w - rate b', with nesterov w - rate (d + factor b').
 */
export function momentum(
  w: usize,
  g: usize,
  b: usize,
  nextW: usize,
  nextB: usize,
  count: i32,
  decay: f32,
  scale: f32,
  factor: f32,
  share: f32,
  rate: f32,
  nesterov: i32,
): void {
  for (let i = 0; i < count; i += 4) {
    const part = min(count - i, 4);
    const at = (<usize>i) << 2;
    const weight = loadUpTo(w + at, part);
    const direction = f32x4.mul(f32x4.splat(scale), madd(f32x4.splat(decay), weight, loadUpTo(g + at, part)));
    let buffer = direction;
    if (b) buffer = madd(f32x4.splat(factor), loadUpTo(b + at, part), f32x4.mul(f32x4.splat(share), direction));
    const step = nesterov ? madd(f32x4.splat(factor), buffer, direction) : buffer;
    storeUpTo(nextW + at, f32x4.sub(weight, f32x4.mul(f32x4.splat(rate), step)), part);
    storeUpTo(nextB + at, buffer, part);
  }
}

/** next = old + share (young - old). */
export function blend(old: usize, young: usize, next: usize, count: i32, share: f32): void {
  for (let i = 0; i < count; i += 4) {
    const part = min(count - i, 4);
    const at = (<usize>i) << 2;
    const from = loadUpTo(old + at, part);
    storeUpTo(next + at, madd(f32x4.splat(share), f32x4.sub(loadUpTo(young + at, part), from), from), part);
  }
}

/** The sum of (g + decay w)^2: float32 over runs of 256, float64 over the runs. */
export function squaredNorm(w: usize, g: usize, count: i32, decay: f32): f64 {
  let total: f64 = 0;
  for (let start = 0; start < count; start += 256) {
    const end = min(start + 256, count);
    let sum = f32x4.splat(0);
    for (let i = start; i < end; i += 4) {
      const part = min(end - i, 4);
      const at = (<usize>i) << 2;
      const value = madd(f32x4.splat(decay), loadUpTo(w + at, part), loadUpTo(g + at, part));
      sum = madd(value, value, sum);
    }
    total += sumLanes(sum);
  }
  return total;
}

function loadUpTo(from: usize, count: i32): v128 {
  return count == 4 ? v128.load(from) : loadPart(from, count);
}

function storeUpTo(to: usize, value: v128, count: i32): void {
  if (count == 4) v128.store(to, value);
  else storePart(to, value, count);
}
