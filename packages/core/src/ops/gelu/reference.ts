import type { Array64 } from '../array64.js';

/** Float64 loop: `x Phi(x)`. */
export function geluReference({ shape, data }: Array64): Array64 {
  return { shape, data: data.map((x) => x * normalDistribution(x)) };
}

/** `Phi(x) = 1/2 + phi(x) (x + x^3 / 3 + x^5 / (3 * 5) + ...)`: all terms of one sign, exact to a few units of 1e-16. */
export function normalDistribution(x: number): number {
  if (Math.abs(x) > 9) return x > 0 ? 1 : 0;
  let term = x;
  let sum = x;
  for (let odd = 3; Math.abs(term) > 1e-18 * Math.abs(sum); odd += 2) {
    term *= (x * x) / odd;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}
