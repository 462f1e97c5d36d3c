import type { Cost } from './declaration.js';

/** What the machine can do at most, measured in the same run by the host. */
export interface Ceilings {
  /** Multiply-add microkernel on one thread of the backend, in GFLOP/s. */
  readonly gflops: number;
  /** Copy of a large array, bytes read plus bytes written, in GB/s. */
  readonly gbps: number;
}

/** Achieved throughput of a step of `ms` milliseconds. */
export interface Throughput {
  readonly gflops: number;
  readonly gbps: number;
  /**
   * Roofline share: the time that the declared cost needs at the ceilings, `max(flops / peak, bytes / bandwidth)`, over the time
   * taken. Above 1 where a working set fits a cache that the copy did not.
   */
  readonly shareOfCeiling: number | null;
}

export function throughput(cost: Cost, ms: number, ceilings: Ceilings | null): Throughput {
  const gflops = cost.flops / ms / 1e6;
  const gbps = cost.bytes / ms / 1e6;
  const shareOfCeiling = ceilings === null ? null : Math.max(gflops / ceilings.gflops, gbps / ceilings.gbps);
  return { gflops, gbps, shareOfCeiling };
}
