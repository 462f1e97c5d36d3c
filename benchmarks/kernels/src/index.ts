import type { Backend } from '@jembench/core';
import type { BenchmarkDeclaration, Peer } from '@jembench/harness';
import { barlowTwins } from './barlow-twins.js';
import { sinkhornKernel } from './sinkhorn.js';
import { vicregCovariance } from './vicreg-covariance.js';

export { measuredCeilings } from './ceilings.js';
export { checkedFence, type FenceLimits } from './fence.js';

/** Every kernel benchmark, to be run on that backend, which must be the active one; the peers compute the same cases. */
export function kernelBenchmarks(backend: Backend, peers: readonly Peer[] = []): BenchmarkDeclaration[] {
  return [...vicregCovariance(backend, peers), ...barlowTwins(backend, peers), ...sinkhornKernel(backend, peers)];
}
