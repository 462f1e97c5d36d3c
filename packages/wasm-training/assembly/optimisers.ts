import { loadPart, storePart, sumLanes } from './lanes';
import { madd } from './simd';

// Updates of one weight in one pass: what is read is not written, the results are new.

/** m' = b1 m + (1 - b1) g, v' = b2 v + (1 - b2) g^2, w' = keep w - rate m' / (sqrt(v') rootBias + epsilon). */
export function adamw(
  w: usize,
  g: usize,
  m: usize,
  v: usize,
  nextW: usize,
  nextM: usize,
  nextV: usize,
  count: i32,
  beta1: f32,
  beta2: f32,
  oneMinusBeta1: f32,
  oneMinusBeta2: f32,
  keep: f32,
  rate: f32,
  rootBias: f32,
  epsilon: f32,
): void {
  for (let i = 0; i < count; i += 4) {
    const part = min(count - i, 4);
    const at = (<usize>i) << 2;
    const gradient = part == 4 ? v128.load(g + at) : loadPart(g + at, part);
    const first = madd(
      f32x4.splat(oneMinusBeta1),
      gradient,
      f32x4.mul(f32x4.splat(beta1), part == 4 ? v128.load(m + at) : loadPart(m + at, part)),
    );
    const squares = f32x4.mul(f32x4.splat(oneMinusBeta2), f32x4.mul(gradient, gradient));
    const second = madd(f32x4.splat(beta2), part == 4 ? v128.load(v + at) : loadPart(v + at, part), squares);
    const step = f32x4.div(
      f32x4.mul(f32x4.splat(rate), first),
      madd(f32x4.sqrt(second), f32x4.splat(rootBias), f32x4.splat(epsilon)),
    );
    const weight = f32x4.sub(
      f32x4.mul(f32x4.splat(keep), part == 4 ? v128.load(w + at) : loadPart(w + at, part)),
      step,
    );
    if (part == 4) {
      v128.store(nextW + at, weight);
      v128.store(nextM + at, first);
      v128.store(nextV + at, second);
    } else {
      storePart(nextW + at, weight, part);
      storePart(nextM + at, first, part);
      storePart(nextV + at, second, part);
    }
  }
}

/** d = scale (g + decay w), b' = momentum b + damp d (d itself if there is no b yet), w' = w - rate (d + momentum b' if nesterov, else b'). */
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
  damp: f32,
  rate: f32,
  nesterov: i32,
): void {
  for (let i = 0; i < count; i += 4) {
    const part = min(count - i, 4);
    const at = (<usize>i) << 2;
    const weight = part == 4 ? v128.load(w + at) : loadPart(w + at, part);
    const gradient = part == 4 ? v128.load(g + at) : loadPart(g + at, part);
    const direction = f32x4.mul(f32x4.splat(scale), madd(f32x4.splat(decay), weight, gradient));
    let buffer = direction;
    if (b) {
      const before = part == 4 ? v128.load(b + at) : loadPart(b + at, part);
      buffer = madd(f32x4.splat(factor), before, f32x4.mul(f32x4.splat(damp), direction));
    }
    const step = nesterov ? madd(f32x4.splat(factor), buffer, direction) : buffer;
    const next = f32x4.sub(weight, f32x4.mul(f32x4.splat(rate), step));
    if (part == 4) {
      v128.store(nextW + at, next);
      v128.store(nextB + at, buffer);
    } else {
      storePart(nextW + at, next, part);
      storePart(nextB + at, buffer, part);
    }
  }
}

/** next = keep old + (1 - keep) young, as keep old + take young. */
export function blend(old: usize, young: usize, next: usize, count: i32, keep: f32, take: f32): void {
  const vectors = (<usize>(count & ~3)) << 2;
  const a = f32x4.splat(keep);
  const b = f32x4.splat(take);
  let at: usize = 0;
  for (; at < vectors; at += 16)
    v128.store(next + at, madd(a, v128.load(old + at), f32x4.mul(b, v128.load(young + at))));
  const rest = count & 3;
  if (rest) storePart(next + at, madd(a, loadPart(old + at, rest), f32x4.mul(b, loadPart(young + at, rest))), rest);
}

/** The sum of (g + decay w)^2: float32 over runs of 256, float64 over the runs. */
export function squaredNorm(w: usize, g: usize, count: i32, decay: f32): f64 {
  let total: f64 = 0;
  const k = f32x4.splat(decay);
  for (let start = 0; start < count; start += 256) {
    const length = min(256, count - start);
    let sum = f32x4.splat(0);
    let i = 0;
    for (; i + 4 <= length; i += 4) {
      const value = madd(k, v128.load(w), v128.load(g));
      sum = madd(value, value, sum);
      w += 16;
      g += 16;
    }
    if (i < length) {
      const value = madd(k, loadPart(w, length - i), loadPart(g, length - i));
      sum = madd(value, value, sum);
    }
    total += sumLanes(sum);
  }
  return total;
}
