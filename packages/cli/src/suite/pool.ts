import pLimit from 'p-limit';
import type { Row } from '@jembench/harness';
import type { Job, Progress } from '../worker/protocol.js';
import { runInWorker, type WorkerEnd } from '../worker/spawn.js';

/** What a pool tells while its jobs run. `id` is the job's own. */
export interface PoolEvents {
  started(id: string): void;
  progress(id: string, progress: Progress): void;
  note(id: string, text: string): void;
  row(id: string, row: Row): void;
  ended(id: string, end: WorkerEnd): void | Promise<void>;
}

/** Works through the jobs, `parallel` at a time, each in a process of its own; a job that fails does not stop the others. */
export async function runPool(
  jobs: readonly { readonly id: string; readonly job: Job }[],
  parallel: number,
  events: PoolEvents,
  stop: AbortSignal,
): Promise<void> {
  const limit = pLimit(parallel);
  await Promise.all(
    jobs.map(({ id, job }) =>
      limit(async () => {
        if (stop.aborted) return;
        events.started(id);
        const end = await runInWorker(
          job,
          {
            progress: (progress) => {
              events.progress(id, progress);
            },
            note: (text) => {
              events.note(id, text);
            },
            row: (row) => {
              events.row(id, row);
            },
          },
          stop,
        );
        await events.ended(id, end);
      }),
    ),
  );
}
