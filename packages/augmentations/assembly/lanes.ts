/** Pairs of float32 in memory, as pairs of float64 to compute with: what is stored is rounded once, as in TypeScript. */

export function load2(address: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(address));
}

export function store2(address: usize, pair: v128): void {
  v128.store64_lane(address, f32x4.demote_f64x2_zero(pair), 0);
}

/** To [0, 1]; NaN stays NaN. */
export function clamped(pair: v128): v128 {
  return f64x2.pmin(f64x2.pmax(pair, f64x2.splat(0)), f64x2.splat(1));
}

/** `0.2989 R + 0.587 G + 0.114 B`. */
export function gray(r: v128, g: v128, b: v128): v128 {
  const redGreen = f64x2.add(f64x2.mul(f64x2.splat(0.2989), r), f64x2.mul(f64x2.splat(0.587), g));
  return f64x2.add(redGreen, f64x2.mul(f64x2.splat(0.114), b));
}
