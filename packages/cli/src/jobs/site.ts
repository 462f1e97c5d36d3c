import type { Dataset, LoadOptions } from '@jembench/core';
import type { Row } from '@jembench/harness';
import type { EncoderSource, TrainedRun } from '@jembench/trainers';
import type { OpenPeers, PeerRequest } from '../peers/peers.js';
import type { OpenStepProcesses, StepProcessRequest } from '../peers/step-processes.js';
import type { Environment } from './environment.js';
import type { TrainingJob } from './job.js';

/**
 * What a job finds where it runs: all that differs between a process of Node and a page in a browser.
 *
 * The jobs themselves know neither.
 */
export interface Site {
  readonly environment: Environment;
  readonly loadOptions: LoadOptions;
  /** Milliseconds; the finest clock. */
  now(): number;
  /** Lets messages in: resolves once those that are there have been read. */
  nextTurn(): Promise<void>;
  dataset(job: TrainingJob, stop: AbortSignal): Promise<Dataset>;
  /** An encoder by its name: the trainers' table, or a file. */
  encoder(name: string): string | EncoderSource;
  files(job: TrainingJob): RunFiles;
  /** Starts other libraries in processes beside this one. @throws InputError where there are no processes. */
  openPeers(request: PeerRequest): Promise<OpenPeers>;
  /** Starts processes beside this one that compute training steps of ours. @throws InputError where there are no processes. */
  openStepProcesses(request: StepProcessRequest): OpenStepProcesses;
  /** Shows where an error comes from to someone who debugs. */
  debug(error: unknown): void;
}

/** Where a run leaves what it must not lose. */
export interface RunFiles {
  /** The last checkpoint, or null. */
  checkpoint(): Promise<Uint8Array | null>;
  saveCheckpoint(state: Uint8Array): Promise<void>;
  dropCheckpoint(): Promise<void>;
  /** Where the checkpoint is, for people. */
  readonly checkpointName: string;
  /** The trained model, where it was asked for. */
  saveModel(run: TrainedRun): Promise<void>;
  /** False where the suite is gone and the result has nowhere to go. */
  keep(row: Row): Promise<boolean>;
}
