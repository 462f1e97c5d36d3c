import type { Stream } from '@jembench/core';
import type { Interval } from '../checks.js';

/** Uniform in an interval. */
export function between(stream: Stream, [low, high]: Interval): number {
  return low + (high - low) * stream.uniform();
}
