import { madd } from './simd';

/**
 * Elementary functions in four lanes, from additions, multiplications and divisions only: the same bits in every engine. Polynomials are
 * minimax fits (Remez) made for this file. NaN gives NaN. Errors are the largest found over all float32 numbers of the range named, in units
 * in the last place (math.test.ts measures them).
 */

function constant(value: f32): v128 {
  return f32x4.splat(value);
}

/** 2^n for whole n between -126 and 127. */
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
}

/** e^x, within 2 ulp; 0 below -104, Infinity above 88.73, subnormal results included. */
export function exp4(x: v128): v128 {
  // pmin(a, b) is b < a ? b : a: a NaN in a stays.
  const clamped = f32x4.pmax(f32x4.pmin(x, constant(89)), constant(-105));
  const n = f32x4.nearest(f32x4.mul(clamped, constant(1.44269504)));
  // ln 2 in two parts, the first with few digits, so that n times it is exact.
  let r = madd(n, constant(-0.693359375), clamped);
  r = madd(n, constant(0.00021219444), r);
  let p = constant(0.00019918562611564994);
  p = madd(p, r, constant(0.0013946201652288437));
  p = madd(p, r, constant(0.008333263918757439));
  p = madd(p, r, constant(0.041666269302368164));
  p = madd(p, r, constant(0.1666666716337204));
  p = madd(p, r, constant(0.5));
  const value = f32x4.add(madd(p, f32x4.mul(r, r), r), constant(1));
  // Two factors, because 2^n alone leaves the range at both ends.
  const half = f32x4.floor(f32x4.mul(n, constant(0.5)));
  return f32x4.mul(f32x4.mul(value, powerOfTwo(half)), powerOfTwo(f32x4.sub(n, half)));
}

/**
 * e^x for x <= 0, within 2 ulp; 0 where the result would be subnormal (below -87.34). Half the work of `exp4`: the exponent is what adding
 * 1.5 * 2^23 leaves in the low bits, and one factor is enough.
 */
export function expNegative4(x: v128): v128 {
  const lowest = constant(-87.33654);
  const clamped = f32x4.pmax(x, lowest);
  const shifter = constant(12582912);
  const shifted = madd(clamped, constant(1.44269504), shifter);
  const n = f32x4.sub(shifted, shifter);
  let r = madd(n, constant(-0.693359375), clamped);
  r = madd(n, constant(0.00021219444), r);
  let p = constant(0.0013950635911896825);
  p = madd(p, r, constant(0.008368978276848793));
  p = madd(p, r, constant(0.04166620224714279));
  p = madd(p, r, constant(0.166665181517601));
  p = madd(p, r, constant(0.5));
  const value = f32x4.add(madd(p, f32x4.mul(r, r), r), constant(1));
  const power = i32x4.add(i32x4.shl(shifted, 23), i32x4.splat(0x3f800000));
  return v128.andnot(f32x4.mul(value, power), f32x4.lt(x, lowest));
}

/** The natural logarithm, within 2 ulp; -Infinity at 0, NaN below, subnormal arguments included. */
export function log4(x: v128): v128 {
  const small = f32x4.lt(x, constant(1.17549435e-38));
  const scaled = v128.bitselect(f32x4.mul(x, constant(16777216)), x, small);
  // x = m 2^n with m between sqrt(1/2) and sqrt(2).
  const bits = i32x4.sub(scaled, i32x4.splat(0x3f3504f3));
  const n = f32x4.sub(f32x4.convert_i32x4_s(i32x4.shr_s(bits, 23)), v128.and(small, constant(24)));
  const m = i32x4.add(v128.and(bits, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const f = f32x4.sub(m, constant(1));
  const square = f32x4.mul(f, f);
  let p = constant(0.06921079754829407);
  p = madd(p, f, constant(-0.1178070679306984));
  p = madd(p, f, constant(0.11865119636058807));
  p = madd(p, f, constant(-0.12385550141334534));
  p = madd(p, f, constant(0.14220023155212402));
  p = madd(p, f, constant(-0.16669216752052307));
  p = madd(p, f, constant(0.20002146065235138));
  p = madd(p, f, constant(-0.24999986588954926));
  p = madd(p, f, constant(0.3333331048488617));
  let value = f32x4.mul(p, f32x4.mul(square, f));
  value = madd(n, constant(-0.00021219444), value);
  value = madd(square, constant(-0.5), value);
  value = f32x4.add(f, value);
  value = madd(n, constant(0.693359375), value);
  const infinity = constant(f32.MAX_VALUE * 2);
  value = v128.bitselect(x, value, f32x4.eq(x, infinity));
  value = v128.bitselect(f32x4.neg(infinity), value, f32x4.eq(x, constant(0)));
  // Not x >= 0: negative numbers and NaN.
  return v128.bitselect(value, constant(NaN), f32x4.ge(x, constant(0)));
}

/** `expNegative4` of one number. */
export function expNegative1(x: f32): f32 {
  return f32x4.extract_lane(expNegative4(f32x4.splat(x)), 0);
}

/** `log4` of one number. */
export function log1(x: f32): f32 {
  return f32x4.extract_lane(log4(f32x4.splat(x)), 0);
}

/** The hyperbolic tangent, within 3 ulp. */
export function tanh4(x: v128): v128 {
  const size = f32x4.abs(x);
  const square = f32x4.mul(x, x);
  let p = constant(-0.005717088934034109);
  p = madd(p, square, constant(0.020650632679462433));
  p = madd(p, square, constant(-0.05374351516366005));
  p = madd(p, square, constant(0.13331492245197296));
  p = madd(p, square, constant(-0.3333328366279602));
  const near = madd(f32x4.mul(p, square), x, x);
  const e = expNegative4(f32x4.mul(size, constant(-2)));
  const far = f32x4.div(f32x4.sub(constant(1), e), f32x4.add(constant(1), e));
  const signed = v128.or(far, v128.and(x, i32x4.splat(0x80000000)));
  return v128.bitselect(near, signed, f32x4.lt(size, constant(0.625)));
}

/** erfc(z) e^(z^2) for z >= 0. */
function scaledErfc(z: v128): v128 {
  const t = f32x4.div(constant(1), madd(z, constant(0.4), constant(1)));
  let q = constant(-0.029593968763947487);
  q = madd(q, t, constant(0.19801127910614014));
  q = madd(q, t, constant(-0.49880707263946533));
  q = madd(q, t, constant(0.5474298000335693));
  q = madd(q, t, constant(-0.28436216711997986));
  q = madd(q, t, constant(0.2720639109611511));
  q = madd(q, t, constant(0.12968036532402039));
  q = madd(q, t, constant(0.21491894125938416));
  q = madd(q, t, constant(0.22495204210281372));
  q = madd(q, t, constant(0.22570690512657166));
  return f32x4.mul(q, t);
}

/** The error function, within 3 ulp. */
export function erf4(x: v128): v128 {
  const size = f32x4.abs(x);
  const square = f32x4.mul(x, x);
  let p = constant(-0.0005660156602971256);
  p = madd(p, square, constant(0.0049247900024056435));
  p = madd(p, square, constant(-0.02671770751476288));
  p = madd(p, square, constant(0.112804114818573));
  p = madd(p, square, constant(-0.3761235475540161));
  p = madd(p, square, constant(1.1283791065216064));
  const near = f32x4.mul(p, x);
  const far = f32x4.sub(constant(1), f32x4.mul(expNegative4(f32x4.neg(square)), scaledErfc(size)));
  const signed = v128.or(far, v128.and(x, i32x4.splat(0x80000000)));
  return v128.bitselect(near, signed, f32x4.lt(size, constant(1)));
}

/** e^(-x^2 / 2). */
export function bell4(x: v128): v128 {
  return expNegative4(f32x4.mul(f32x4.mul(x, x), constant(-0.5)));
}

/** The normal distribution function, from `bell4(x)`: a relative error below 4e-6 in the whole left tail, of 1e-7 right of -1. */
export function normal4(x: v128, bell: v128): v128 {
  const tail = f32x4.mul(f32x4.mul(bell, constant(0.5)), scaledErfc(f32x4.mul(f32x4.abs(x), constant(0.70710678))));
  return v128.bitselect(tail, f32x4.sub(constant(1), tail), f32x4.lt(x, constant(0)));
}
