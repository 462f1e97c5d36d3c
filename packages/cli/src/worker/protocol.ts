import type { BackendName } from '@jembench/core';
import type { BenchmarkProfile, Row, RowContext } from '@jembench/harness';

/** One run, as the suite hands it to a worker process. Plain data: it travels as JSON. */
export interface TrainingJob {
  readonly kind: 'training';
  readonly run: RunSpec;
  /** The identity that the suite computed; the worker computes it again and refuses to run under another. */
  readonly runId: string;
  readonly folder: string;
  readonly checkpointSeconds: number;
  /** How many runs share the machine: belongs beside images per second. */
  readonly jobs: number;
  /** A folder for the trained model, or null. */
  readonly save: string | null;
  readonly context: JobContext;
}

/** The kernel timings, alone on the machine. */
export interface KernelJob {
  readonly kind: 'kernels';
  readonly profile: BenchmarkProfile;
  readonly backend: BackendName;
  readonly context: JobContext;
}

export type Job = TrainingJob | KernelJob;

/** What the suite knows about a row before it is measured. */
export type JobContext = Pick<RowContext, 'command' | 'commit'>;

/** Everything that determines a run, in the words of the command line. */
export interface RunSpec {
  readonly method: string;
  /** What a reader sees: a control's name, or null on an ordinary run. */
  readonly control: string | null;
  /** What differs from the method's defaults. */
  readonly options: Readonly<Record<string, string | number | boolean>>;
  readonly dataset: DatasetSpec;
  readonly encoder: string;
  readonly seed: number;
  readonly epochs: number;
  readonly batch: number;
  readonly backend: BackendName;
}

/** Which data, and how much of it where that can be chosen. */
export interface DatasetSpec {
  readonly name: string;
  readonly dataDir: string | null;
  /** Image counts; null takes what the data set has (its default where it is procedural). */
  readonly train: number | null;
  readonly test: number | null;
}

/** From the suite to a worker. */
export type ToWorker = { readonly type: 'job'; readonly job: Job } | { readonly type: 'stop' };

/** From a worker to the suite. */
export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'row'; readonly row: Row }
  | { readonly type: 'done' }
  | { readonly type: 'stopped' }
  | { readonly type: 'failed'; readonly reason: string };

export interface Progress {
  readonly phase: string;
  /** Steps done and to do. */
  readonly step: number;
  readonly steps: number;
  readonly loss: number | null;
  readonly imagesPerSecond: number | null;
}
