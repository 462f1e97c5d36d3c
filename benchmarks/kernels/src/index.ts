import type { Backend } from '@jembench/core';
import type { BenchmarkDeclaration } from '@jembench/harness';
import { barlowTwins } from './barlow-twins.js';
import { sinkhornKernel } from './sinkhorn.js';
import { vicregCovariance } from './vicreg-covariance.js';

export { measuredCeilings } from './ceilings.js';
export { checkedFence, type FenceLimits } from './fence.js';

/** Every kernel benchmark, to be run on that backend, which must be the active one. */
export function kernelBenchmarks(backend: Backend): BenchmarkDeclaration[] {
  return [...vicregCovariance(backend), ...barlowTwins(backend), ...sinkhornKernel(backend)];
}
