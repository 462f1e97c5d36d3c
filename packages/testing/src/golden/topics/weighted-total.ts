import type { Tensor } from '@jembench/core';
import type { GoldenArray } from '../values.js';

export interface WeightedTotal {
  readonly total: number;
  /** Root mean square of the terms: the total of terms of both signs may nearly vanish, its rounding error does not. */
  readonly magnitude: number;
}

/** `sum(out * weights)` in float64, so that only the error of `out` is left in it. */
export async function weightedTotal(out: Tensor, weights: GoldenArray): Promise<WeightedTotal> {
  const values = await out.data();
  let total = 0;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const term = values[i] * weights.data[i];
    total += term;
    squares += term ** 2;
  }
  return { total, magnitude: Math.sqrt(squares / values.length) };
}
