import type { KernelRow } from '@jembench/harness';
import { errorLine } from '../errors.js';
import type { ProgressView } from '../output/progress.js';
import type { KernelJob } from '../worker/protocol.js';
import type { WorkerEnd } from '../worker/spawn.js';
import { runPool } from './pool.js';

/** What came of the kernel timings. */
export interface KernelTimings {
  readonly rows: readonly KernelRow[];
  readonly end: WorkerEnd;
}

/** Times the kernels in a process of their own; nothing else of the suite runs beside it. */
export async function timeAll(job: KernelJob, view: ProgressView, stop: AbortSignal): Promise<KernelTimings> {
  const rows: KernelRow[] = [];
  const ends: WorkerEnd[] = [];
  const label = 'kernel timings';
  await runPool(
    [{ id: label, job }],
    1,
    {
      started: () => {
        view.started(label, label);
      },
      progress: (_, progress) => {
        view.progress(label, progress);
      },
      note: (_, text) => {
        view.note(text);
      },
      row: (_, row) => {
        if (row.kind === 'kernel') rows.push(row);
      },
      ended: (_, end) => {
        ends.push(end);
        view.ended(
          label,
          `${label}: ${end.how === 'failed' ? `failed: ${errorLine(end.reason)}` : `${rows.length} rows`}`,
        );
      },
    },
    stop,
  );
  return { rows, end: ends[0] ?? { how: 'stopped' } };
}
