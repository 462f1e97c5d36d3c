import type { BackendName } from '@jembench/core';
import type { Row } from '@jembench/harness';
import type { Finding, FromWorker, HostName, Job, Progress, Setup } from '../jobs/job.js';

/** Where jobs run. A job that crashes, hangs or is killed ends alone: the host lives on. */
export interface Host {
  readonly name: HostName;
  /** What rows of that backend will say of it. @throws BackendError where it cannot run here: never a silent fallback. */
  setup(backend: BackendName): Promise<Setup>;
  /** Does a job and tells how it goes; when `stop` fires the job may finish its step and save its state. */
  run(job: Job, events: JobEvents, stop: AbortSignal): Promise<JobEnd>;
}

/** What comes out of a job while it runs. */
export interface JobEvents {
  progress(progress: Progress): void;
  note(text: string): void;
  row(row: Row): void;
  setup?(setup: Setup): void;
  finding?(finding: Finding): void;
}

/** How a job ended. */
export type JobEnd =
  { readonly how: 'done' } | { readonly how: 'stopped' } | { readonly how: 'failed'; readonly reason: string };

/** Hands a message on to those who wait for it; the end, when it says that the job has ended. */
export function tell(events: JobEvents, message: FromWorker): JobEnd | null {
  switch (message.type) {
    case 'progress':
      events.progress(message.progress);
      return null;
    case 'note':
      events.note(message.text);
      return null;
    case 'row':
      events.row(message.row);
      return null;
    case 'setup':
      events.setup?.(message.setup);
      return null;
    case 'finding':
      events.finding?.(message.finding);
      return null;
    case 'ready':
      return null;
    case 'failed':
      return { how: 'failed', reason: message.reason };
    default:
      return { how: message.type };
  }
}
