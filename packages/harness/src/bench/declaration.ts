import type { RowContext } from '../rows/schema.js';

/** A named list of sizes, `{ N: 256, D: 2048 }`. */
export type Shape = Readonly<Record<string, number>>;

/** Results by name, flat, row-major. */
export type Outputs = Readonly<Record<string, ArrayLike<number>>>;

/** What one step must do at least, by the algorithm that the implementation uses. */
export interface Cost {
  /** Floating-point operations; a multiply-add counts as two. */
  readonly flops: number;
  /** Bytes read and written, every array once. */
  readonly bytes: number;
}

/** What one step takes of a device beside its time. */
export interface StepUse {
  /** Bytes of all tensors that the step makes, the short-lived ones included. */
  readonly allocatedBytes: number;
  /** Kernels that it starts. */
  readonly launches: number;
}

/** An implementation with its inputs in place, ready to be timed. */
export interface OpenBenchmark {
  /**
   * One timed step: computes fresh outputs from the inputs, waits until the device has finished them (the fence), frees them.
   * Nothing may survive it: what does is reported as leaked.
   */
  step(): Promise<void>;
  /**
   * Milliseconds of so many steps, by a clock where they are computed; in place of the host's clock around `step`. For another process:
   * what it takes to ask and to answer is none of its time.
   */
  timed?(repeats: number): Promise<number>;
  /** The same computation, its results read back for the check. */
  outputs(): Promise<Outputs>;
  /** One step, not timed, its use of the device counted; absent where nothing counts it. */
  use?(): Promise<StepUse>;
  /** Frees the inputs. */
  close(): void;
}

/** What rows say of an implementation that runs elsewhere, in place of what they say of the host. */
export type Elsewhere = Pick<RowContext, 'host' | 'backend' | 'build' | 'threads' | 'fingerprint'>;

/** One way to compute a benchmark. */
export interface BenchmarkImplementation<Inputs> {
  readonly name: string;
  readonly cost: (shape: Shape) => Cost;
  /** Why it cannot run here and now (a backend that is not active, a size out of its reach), or null. */
  readonly unavailable: (shape: Shape) => string | null;
  /** In place of the declaration's, for an implementation that computes another way than the reference. */
  readonly tolerance?: (shape: Shape) => number;
  /** Where it runs, if not in the host: the host's ceilings and memory counters say nothing of it, and the others are compared with it. */
  readonly elsewhere?: Elsewhere;
  open(inputs: Inputs): OpenBenchmark;
}

/**
 * Which sizes: `smoke` only shows that everything works, `quick` is a sample, `full` is the published list, `growth` varies one side of a
 * shape at a time over the range of use.
 */
export const benchmarkProfiles = ['smoke', 'quick', 'full', 'growth'] as const;
export type BenchmarkProfile = (typeof benchmarkProfiles)[number];

/** A benchmark, declared once; a host brings the clock, the environment and the files. */
export interface BenchmarkDeclaration<Inputs = unknown> {
  /** `vicreg-covariance`, `sinkhorn`, ... */
  readonly kernel: string;
  readonly pass: 'forward' | 'forward-backward';
  readonly shapes: Readonly<Record<BenchmarkProfile, readonly Shape[]>>;
  /** The same numbers for the same shape, always. */
  inputs(shape: Shape): Inputs;
  /** The definition, in float64. */
  reference(inputs: Inputs): Outputs;
  /** Largest allowed error of an output, relative to the largest absolute value of its reference. */
  readonly tolerance: (shape: Shape) => number;
  readonly implementations: readonly BenchmarkImplementation<Inputs>[];
}

/**
 * Hides the type of a declaration's inputs, so that declarations of different kinds fit in one list.
 *
 * Sound because the runner only hands a declaration its own inputs.
 */
export function defineBenchmark<Inputs>(declaration: BenchmarkDeclaration<Inputs>): BenchmarkDeclaration {
  return declaration;
}
