/** Plain data between the gate and a process that runs one side's code. */
export type Ask =
  /** Loads the side's code; answered with its benchmarks. */
  | { readonly type: 'load'; readonly root: string; readonly sizes: 'smoke' | 'quick' }
  /** Prepares a benchmark, checks it against its reference and counts what has no noise. */
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

/** One side of a gate: code that is loaded, times blocks of steps and trains. */
export interface Side {
  readonly benchmarks: ReadonlySet<string>;
  /** The smallest step of the clock that times, milliseconds. */
  readonly tickMs: number;
  open(benchmark: string): Promise<Counts>;
  /** Milliseconds a step. */
  block(ms: number, slower?: number): Promise<number>;
  close(): Promise<void>;
  train(seed: number, options: Readonly<Record<string, number>>, less?: readonly number[]): Promise<TrainedSeed>;
  end(): void;
}

/** Starts a side with the code of a folder. */
export type StartSide = (root: string, sizes: 'smoke' | 'quick') => Promise<Side>;

export type Answer =
  | { readonly type: 'loaded'; readonly benchmarks: readonly string[]; readonly tickMs: number }
  | { readonly type: 'opened'; readonly counts: Counts }
  | { readonly type: 'timed'; readonly msPerStep: number }
  | { readonly type: 'closed' }
  | { readonly type: 'trained'; readonly result: TrainedSeed }
  | { readonly type: 'failed'; readonly reason: string };
