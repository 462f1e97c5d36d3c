import type { Tensor } from '@jembench/core';
import type { GoldenArray } from '../values.js';

export interface WeightedTotal {
  readonly total: number;
  /** Largest value times root mean square of the weights: terms of both signs may nearly cancel, their rounding errors do not. */
  readonly magnitude: number;
}

/** `sum(out * weights)` in float64, so that only the error of `out` is left in it. */
export async function weightedTotal(out: Tensor, weights: GoldenArray): Promise<WeightedTotal> {
  const values = await out.data();
  let total = 0;
  let squares = 0;
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    total += values[i] * weights.data[i];
    squares += weights.data[i] ** 2;
    largest = Math.max(largest, Math.abs(values[i]));
  }
  return { total, magnitude: largest * Math.sqrt(squares / values.length) };
}
