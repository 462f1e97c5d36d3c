import { lastOperand, loadPart, operand, storePart } from './lanes';
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

/** x between low and high; NaN stays NaN: pmax(a, b) is a < b ? b : a. */
export function mapClip(x: usize, y: usize, count: i32, low: f32, high: f32): void {
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  const end = x + ((<usize>(count & ~3)) << 2);
  for (; x < end; x += 16, y += 16) v128.store(y, f32x4.pmin(f32x4.pmax(v128.load(x), lows), highs));
  const rest = count & 3;
  if (rest) storePart(y, f32x4.pmin(f32x4.pmax(loadPart(x, rest), lows), highs), rest);
}

/** max(a, b), NaN if one is; a step of 0 instead of 16 bytes repeats one value. */
export function mapMaximum(a: usize, stepA: i32, b: usize, stepB: i32, y: usize, count: i32): void {
  const end = y + ((<usize>(count & ~3)) << 2);
  for (; y < end; a += stepA, b += stepB, y += 16) v128.store(y, f32x4.max(operand(a, stepA), operand(b, stepB)));
  const rest = count & 3;
  if (rest) storePart(y, f32x4.max(lastOperand(a, stepA, rest), lastOperand(b, stepB, rest)), rest);
}

/** min(a, b) in the same way. */
export function mapMinimum(a: usize, stepA: i32, b: usize, stepB: i32, y: usize, count: i32): void {
  const end = y + ((<usize>(count & ~3)) << 2);
  for (; y < end; a += stepA, b += stepB, y += 16) v128.store(y, f32x4.min(operand(a, stepA), operand(b, stepB)));
  const rest = count & 3;
  if (rest) storePart(y, f32x4.min(lastOperand(a, stepA, rest), lastOperand(b, stepB, rest)), rest);
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
