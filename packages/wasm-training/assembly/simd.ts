/**
 * `a * b + c` in four lanes. The one difference between the two builds: with relaxed SIMD the product is not rounded
 * (one fused instruction), without it is.
 */
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** The numeric probe: 1 if `madd` keeps the exact product, as (1 + 2^-12)^2 - 1 - 2^-11 = 2^-24 shows. */
export function fused(x: f32, y: f32, z: f32): i32 {
  return f32x4.extract_lane(madd(f32x4.splat(x), f32x4.splat(y), f32x4.splat(z)), 0) != 0 ? 1 : 0;
}
