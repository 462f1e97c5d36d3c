import { kernelBenchmarks } from '@jembench/bench-kernels';
import { stepRow, trainingBenchmarks, type SideBySide } from '@jembench/bench-training';
import type { Backend } from '@jembench/core';
import type { BenchmarkDeclaration, KernelRow, Peer, StepRow } from '@jembench/harness';

/** A row of what a job times. */
export type TimedRow = KernelRow | StepRow;

interface BenchmarkSet {
  readonly declarations: (
    backend: Backend,
    peers?: readonly Peer[],
    beside?: SideBySide | null,
  ) => BenchmarkDeclaration[];
  /** As it is published. */
  readonly row: (row: KernelRow) => TimedRow;
}

/** What a job can time on a backend, by the word of the command line. */
export const benchmarkSets = {
  kernels: { declarations: kernelBenchmarks, row: (row) => row },
  training: { declarations: trainingBenchmarks, row: stepRow },
} as const satisfies Record<string, BenchmarkSet>;

export type BenchmarkSetName = keyof typeof benchmarkSets;
