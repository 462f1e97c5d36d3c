import type { BackendDescription, BackendName, LoadOptions } from '@jembench/core';
import type { BenchmarkProfile, Row, RowContext } from '@jembench/harness';
import type { PeerRequest } from '../peers/peers.js';
import type { BenchmarkSetName } from './benchmarks.js';
import type { Environment } from './environment.js';

/** Where jobs run: a process of Node, or a page in a browser. */
export const hostNames = ['node', 'browser'] as const;

export type HostName = (typeof hostNames)[number];

/** What all jobs are told. Plain data: it travels as JSON. */
interface JobBase {
  /** What the suite knows about a row before it is measured. */
  readonly context: JobContext;
}

/** One run, as the suite hands it on. */
export interface TrainingJob extends JobBase {
  readonly kind: 'training';
  readonly run: RunSpec;
  /** The identity that the suite computed; whoever does the job computes it again and refuses to run under another. */
  readonly runId: string;
  /** Hash of the code that decides the result. */
  readonly code: string;
  readonly folder: string;
  readonly checkpointSeconds: number;
  /** How many runs share the machine: belongs beside images per second. */
  readonly jobs: number;
  /** A folder for the trained model, or null. */
  readonly save: string | null;
}

/** Timings of kernels or of training steps, alone on the machine. */
export interface KernelJob extends JobBase {
  readonly kind: 'kernels';
  readonly benchmark: BenchmarkSetName;
  readonly host: HostName;
  readonly profile: BenchmarkProfile;
  readonly backend: BackendName;
  /** Forces a build of the wasm training kernels; null takes the fastest. */
  readonly wasmBuild: LoadOptions['trainingKernels'] | null;
  /** In how many processes at once a training step is timed, each on a batch of its own; 1 is the worker of the job itself. */
  readonly processes: number;
  /** Other libraries to be timed in the same rounds, or null. */
  readonly peers: PeerRequest | null;
  /** When the command would have started had it done nothing but this job, by `epochMs`: rows tell how long the first timing took. */
  readonly startedAt: number;
}

/** Loads a backend and says what it is, as a row would. */
export interface SetupJob extends JobBase {
  readonly kind: 'setup';
  readonly backend: BackendName;
}

/** Asks of a backend what the conformance suite of the ops asks. */
export interface ConformanceJob extends JobBase {
  readonly kind: 'conformance';
  readonly backend: BackendName;
  /** Some ops of the suite; null for all. */
  readonly ops: readonly string[] | null;
}

export type Job = TrainingJob | KernelJob | SetupJob | ConformanceJob;

export type JobContext = Pick<RowContext, 'command' | 'commit'>;

/** Everything that determines a run, in the words of the command line. */
export interface RunSpec {
  readonly host: HostName;
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

/** From the suite to whoever does the job. */
export type ToWorker = { readonly type: 'job'; readonly job: Job } | { readonly type: 'stop' };

/** And back. */
export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'row'; readonly row: Row }
  | { readonly type: 'setup'; readonly setup: Setup }
  | { readonly type: 'finding'; readonly finding: Finding }
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

/** What runs a job's arithmetic, and what is around it. */
export interface Setup {
  readonly backend: BackendDescription;
  readonly environment: Environment;
}

/** What the conformance suite found of one demand on one case of one op. */
export interface Finding {
  readonly op: string;
  readonly implementation: string;
  readonly case: string;
  readonly check: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly reason: string;
}

/** How a run is built: `raw-pixels` is the untrained "encoder" that hands the pixels on. */
export function trainerOf(method: string): { method: string; encoder: string | null } {
  return method === 'raw-pixels' ? { method: 'random', encoder: 'pixels' } : { method, encoder: null };
}

/** `vicreg seed 1`, with the encoder where the method runs on several, and the host where it is not Node. */
export function runLabel(run: RunSpec): string {
  const control = run.control === null ? '' : ` (${run.control})`;
  const encoder = run.method === 'random' ? ` ${run.encoder}` : '';
  const host = run.host === 'node' ? '' : `, ${run.host}`;
  return `${run.method}${encoder}${control} seed ${run.seed}${host}`;
}
