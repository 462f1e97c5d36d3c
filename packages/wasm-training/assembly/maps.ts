import { loadPart, storePart } from './lanes';
import { bell4, erf4, exp4, log4, normal4, tanh4 } from './math';

// Functions of one element. Every loop has the same form: four at a time, then the rest in the first lanes of one vector.

export function mapExp(x: usize, y: usize, count: i32): void {
  const end = x + ((<usize>(count & ~3)) << 2);
  for (; x < end; x += 16, y += 16) v128.store(y, exp4(v128.load(x)));
  if (count & 3) storePart(y, exp4(loadPart(x, count & 3)), count & 3);
}

export function mapLog(x: usize, y: usize, count: i32): void {
  const end = x + ((<usize>(count & ~3)) << 2);
  for (; x < end; x += 16, y += 16) v128.store(y, log4(v128.load(x)));
  if (count & 3) storePart(y, log4(loadPart(x, count & 3)), count & 3);
}

export function mapTanh(x: usize, y: usize, count: i32): void {
  const end = x + ((<usize>(count & ~3)) << 2);
  for (; x < end; x += 16, y += 16) v128.store(y, tanh4(v128.load(x)));
  if (count & 3) storePart(y, tanh4(loadPart(x, count & 3)), count & 3);
}

export function mapErf(x: usize, y: usize, count: i32): void {
  const end = x + ((<usize>(count & ~3)) << 2);
  for (; x < end; x += 16, y += 16) v128.store(y, erf4(v128.load(x)));
  if (count & 3) storePart(y, erf4(loadPart(x, count & 3)), count & 3);
}

function rsqrt4(x: v128): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.sqrt(x));
}

export function mapRsqrt(x: usize, y: usize, count: i32): void {
  const end = x + ((<usize>(count & ~3)) << 2);
  for (; x < end; x += 16, y += 16) v128.store(y, rsqrt4(v128.load(x)));
  if (count & 3) storePart(y, rsqrt4(loadPart(x, count & 3)), count & 3);
}

/** 0 > x ? 0 : x: NaN stays NaN. */
function relu4(x: v128): v128 {
  return f32x4.pmax(x, f32x4.splat(0));
}

export function mapRelu(x: usize, y: usize, count: i32): void {
  const end = x + ((<usize>(count & ~3)) << 2);
  for (; x < end; x += 16, y += 16) v128.store(y, relu4(v128.load(x)));
  if (count & 3) storePart(y, relu4(loadPart(x, count & 3)), count & 3);
}

/** dy where x > 0, or where x is NaN. */
function reluGradient4(x: v128, dy: v128): v128 {
  return v128.andnot(dy, f32x4.le(x, f32x4.splat(0)));
}

export function reluGradient(x: usize, dy: usize, dx: usize, count: i32): void {
  const end = x + ((<usize>(count & ~3)) << 2);
  for (; x < end; x += 16, dy += 16, dx += 16) v128.store(dx, reluGradient4(v128.load(x), v128.load(dy)));
  if (count & 3) storePart(dx, reluGradient4(loadPart(x, count & 3), loadPart(dy, count & 3)), count & 3);
}

/** x, kept between -40 and 40, where the normal distribution function is 0 and 1: an infinite x times 0 would be NaN. */
function bounded(x: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, f32x4.splat(-40)), f32x4.splat(40));
}

function gelu4(x: v128): v128 {
  return f32x4.mul(f32x4.pmax(x, f32x4.splat(-40)), normal4(x, bell4(x)));
}

/** x times the normal distribution function of x. */
export function mapGelu(x: usize, y: usize, count: i32): void {
  const end = x + ((<usize>(count & ~3)) << 2);
  for (; x < end; x += 16, y += 16) v128.store(y, gelu4(v128.load(x)));
  if (count & 3) storePart(y, gelu4(loadPart(x, count & 3)), count & 3);
}

function geluGradient4(x: v128, dy: v128): v128 {
  const bell = bell4(x);
  const slope = f32x4.mul(f32x4.mul(bounded(x), f32x4.splat(0.39894228)), bell);
  return f32x4.mul(dy, f32x4.add(normal4(x, bell), slope));
}

/** dy (Phi(x) + x phi(x)). */
export function geluGradient(x: usize, dy: usize, dx: usize, count: i32): void {
  const end = x + ((<usize>(count & ~3)) << 2);
  for (; x < end; x += 16, dy += 16, dx += 16) v128.store(dx, geluGradient4(v128.load(x), v128.load(dy)));
  if (count & 3) storePart(dx, geluGradient4(loadPart(x, count & 3), loadPart(dy, count & 3)), count & 3);
}
