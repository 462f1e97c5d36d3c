import type { BenchmarkImplementation, Cost, OpenBenchmark, Shape } from '@jembench/harness';

/** The same step in some processes at once, each on a batch of its own, as a suite trains. */
export interface SideBySide {
  readonly processes: number;
  /** Time per batch: what one step of all takes, over the number of processes. */
  open(kernel: string, shape: Shape): OpenBenchmark;
}

interface OwnStep {
  readonly name: string;
  readonly cost: (shape: Shape) => Cost;
  readonly beside: SideBySide | null;
}

/** The trainers' implementation of a step: in this process, or in some beside each other. */
export const ours = <Inputs>(
  { name, cost, beside }: OwnStep,
  shapeOf: (inputs: Inputs) => Shape,
  open: (inputs: Inputs) => OpenBenchmark,
): BenchmarkImplementation<Inputs> => ({
  name: beside === null ? 'trainers' : `trainers, ${beside.processes} processes`,
  ...{ cost, unavailable: () => null },
  open: beside === null ? open : (inputs) => beside.open(name, shapeOf(inputs)),
});
