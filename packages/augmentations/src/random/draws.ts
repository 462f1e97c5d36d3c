import type { Stream } from '@jembench/core';
import type { Interval } from '../checks.js';

/** Where random numbers come from: a stream, or the generator of one image. */
export type Draws = Pick<Stream, 'uniform'>;

/** Uniform in an interval. */
export function between(draws: Draws, [low, high]: Interval): number {
  return low + (high - low) * draws.uniform();
}

/** True with the given probability. */
export function chance(draws: Draws, probability: number): boolean {
  return draws.uniform() < probability;
}

/** A uniform integer in [0, bound). */
export function integer(draws: Draws, bound: number): number {
  return Math.floor(draws.uniform() * bound);
}

/** `values` in random order (Fisher-Yates), in place. */
export function shuffled<T>(draws: Draws, values: T[]): T[] {
  for (let i = values.length - 1; i > 0; i--) {
    const j = integer(draws, i + 1);
    const swap = values[i];
    values[i] = values[j];
    values[j] = swap;
  }
  return values;
}
