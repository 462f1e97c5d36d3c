import type { LoadOptions } from '@jembench/core';
import type { Environment } from '../../../jobs/environment.js';

/** What the page cannot know of itself. */
export type Surroundings = Pick<Environment, 'machine' | 'runtime' | 'flags'>;

export const pageClock = (): number => performance.now();

/** The engine's file is beside the page's. */
export const pageLoadOptions = (): LoadOptions => ({ wasmPaths: new URL('./', import.meta.url).href });

/** @throws Error in a page that is not isolated. */
export function pageEnvironment(surroundings: Surroundings): Environment {
  const isolated = (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated ?? false;
  if (!isolated) {
    throw new Error('page: cross-origin isolation, got none, wanted it: without it the clock is too coarse to time');
  }
  return { host: 'browser', ...surroundings, isolated, clockResolutionMs: tick(pageClock) };
}

/** The smallest step of a clock. */
function tick(now: () => number): number {
  let smallest = Infinity;
  for (let i = 0; i < 200; i++) {
    const start = now();
    let end = start;
    while (end === start) end = now();
    smallest = Math.min(smallest, end - start);
  }
  return Number(smallest.toFixed(6));
}
