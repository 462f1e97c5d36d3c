import pLimit from 'p-limit';
import type { Row } from '@jembench/harness';
import type { Host, JobEnd } from '../hosts/host.js';
import type { Job, Progress } from '../jobs/job.js';

/** What a pool tells while its jobs run. `id` is the job's own. */
export interface PoolEvents {
  started(id: string): void;
  progress(id: string, progress: Progress): void;
  note(id: string, text: string): void;
  row(id: string, row: Row): void;
  ended(id: string, end: JobEnd): void | Promise<void>;
}

/** Works through the jobs, `parallel` at a time, each on its host; a job that fails does not stop the others. */
export async function runPool(
  jobs: readonly { readonly id: string; readonly job: Job; readonly host: Host }[],
  parallel: number,
  events: PoolEvents,
  stop: AbortSignal,
): Promise<void> {
  const limit = pLimit(parallel);
  await Promise.all(
    jobs.map(({ id, job, host }) =>
      limit(async () => {
        if (stop.aborted) return;
        events.started(id);
        const end = await host.run(
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
