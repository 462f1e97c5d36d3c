/**
 * Exponential and logarithm from the five operations that IEEE 754 rounds in one way only.
 *
 * `Math.exp` and `Math.log` may differ in their last digit from engine to engine, and here they would decide pixels: the weights of a
 * blur, the width of a crop. These are within a few units in the last place, and the same everywhere.
 */

const ln2High = 0.6931471803691238;
const ln2Low = 1.9082149292705877e-10;

/** e^x for finite x; 0 where it underflows. */
export function exactExp(x: number): number {
  if (x < -745) return 0;
  // x = n ln 2 + r with |r| <= ln 2 / 2, where 15 terms of the series are enough.
  const n = Math.round(x / (ln2High + ln2Low));
  const r = x - n * ln2High - n * ln2Low;
  let sum = 1;
  for (let k = 15; k > 0; k--) sum = 1 + (r / k) * sum;
  const factor = n < 0 ? 0.5 : 2;
  for (let i = Math.abs(n); i > 0; i--) sum *= factor;
  return sum;
}

/** The natural logarithm of a finite x > 0. */
export function exactLog(x: number): number {
  let exponent = 0;
  let mantissa = x;
  for (; mantissa > Math.SQRT2; mantissa /= 2) exponent++;
  for (; mantissa < Math.SQRT1_2; mantissa *= 2) exponent--;
  // ln m = 2 artanh(s), s = (m - 1) / (m + 1), |s| < 0.172.
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let series = 0;
  for (let k = 25; k > 0; k -= 2) series = series * square + 1 / k;
  return exponent * ln2High + (2 * s * series + exponent * ln2Low);
}
