import type { BackendName } from '@jembench/core';
import type { Setup } from '../jobs/job.js';

/** What times a step: the wall's clock, or the time that a processor spent in the process. */
export const clockNames = ['processor', 'wall'] as const;
export type ClockName = (typeof clockNames)[number];

/** How a side is loaded, whatever its code. */
export interface SideSetting {
  readonly sizes: 'smoke' | 'quick';
  readonly backend: BackendName;
  /** Null takes processor time where one thread computes, and the wall's clock elsewhere. */
  readonly clock: ClockName | null;
}

/** Plain data between the gate and whoever runs one side's code: it travels as JSON. */
export type Ask =
  /** Loads the side's code; answered with what it is. */
  | { readonly type: 'load'; readonly root: string; readonly setting: SideSetting }
  /** Compares a benchmark with its float64 reference. */
  | { readonly type: 'check'; readonly benchmark: string }
  /** Counts what has no noise. */
  | { readonly type: 'count'; readonly benchmark: string }
  /** Names the kernels that a benchmark runs. */
  | { readonly type: 'kernels'; readonly benchmark: string }
  /** Prepares a benchmark for its blocks. */
  | { readonly type: 'open'; readonly benchmark: string }
  /** Times steps for at least `ms`; every step is followed by idle work of `slower` times its own duration. */
  | { readonly type: 'block'; readonly ms: number; readonly slower: number }
  | { readonly type: 'close' }
  /** Trains and probes one seed. */
  | {
      readonly type: 'train';
      readonly seed: number;
      readonly options: Readonly<Record<string, number>>;
      /** Also the accuracy with so many percentage points taken away, for each of these. */
      readonly less: readonly number[];
    };

/** One step, and what it leaves behind. */
export interface Counts {
  readonly 'kernel launches': number;
  readonly 'peak bytes': number;
  readonly 'leaked tensors': number;
  readonly 'leaked bytes': number;
}

export interface TrainedSeed {
  readonly knn: number | null;
  readonly verdict: string;
  readonly weightsHash: string;
  /** Accuracies with points taken away, in the order asked for; empty where there is no accuracy. */
  readonly less: readonly number[];
}

/** What a loaded side is. */
export interface SideDescription {
  readonly benchmarks: readonly string[];
  readonly clock: ClockName;
  /** The smallest step of that clock, milliseconds. */
  readonly tickMs: number;
  readonly setup: Setup;
}

export type Answer =
  | { readonly type: 'ready' }
  | { readonly type: 'loaded'; readonly description: SideDescription }
  | { readonly type: 'checked' }
  | { readonly type: 'counted'; readonly counts: Counts }
  | { readonly type: 'ran'; readonly kernels: readonly string[] }
  | { readonly type: 'opened' }
  | { readonly type: 'timed'; readonly msPerStep: number }
  | { readonly type: 'closed' }
  | { readonly type: 'trained'; readonly result: TrainedSeed }
  | { readonly type: 'failed'; readonly reason: string };

/** One side of a gate: code that is loaded, times blocks of steps and trains. */
export interface Side {
  readonly description: SideDescription;
  /** @throws SideError where the benchmark does not run, or its results are wrong. */
  check(benchmark: string): Promise<void>;
  count(benchmark: string): Promise<Counts>;
  /** Names of the kernels that one step runs, as TensorFlow.js has them. */
  kernels(benchmark: string): Promise<readonly string[]>;
  open(benchmark: string): Promise<void>;
  /** Milliseconds a step. */
  block(ms: number, slower?: number): Promise<number>;
  close(): Promise<void>;
  train(seed: number, options: Readonly<Record<string, number>>, less?: readonly number[]): Promise<TrainedSeed>;
  /** Ends the process; resolves when it is gone. */
  end(): Promise<void>;
}

/** Starts a side with the code of a folder. @throws SideError where it cannot be loaded. */
export type StartSide = (root: string, setting: SideSetting) => Promise<Side>;
