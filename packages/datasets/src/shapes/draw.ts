import type { Stream } from '@jembench/core';

/** Uniform in [low, high). */
export function between(stream: Stream, low: number, high: number): number {
  return low + (high - low) * stream.uniform();
}

/** A uniformly random unit vector: the cosine and sine of an angle that nobody computes (von Neumann's rejection). */
export function direction(stream: Stream): readonly [number, number] {
  for (;;) {
    const x = between(stream, -1, 1);
    const y = between(stream, -1, 1);
    const square = x * x + y * y;
    if (square > 0.01 && square <= 1) {
      const length = Math.sqrt(square);
      return [x / length, y / length];
    }
  }
}
