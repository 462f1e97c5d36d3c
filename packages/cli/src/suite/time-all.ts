import type { BackendDescription } from '@jembench/core';
import { canonicalHash, type KernelRow } from '@jembench/harness';
import { kernelCode } from '../environment/code-hash.js';
import { rowContext } from '../environment/context.js';
import { errorLine } from '../errors.js';
import type { ProgressView } from '../output/progress.js';
import type { KernelJob } from '../worker/protocol.js';
import type { WorkerEnd } from '../worker/spawn.js';
import { runPool } from './pool.js';
import type { Store } from './store.js';

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

/**
 * The same for a suite: timings that its folder holds from this machine and this state of the code are taken as they are.
 *
 * `jembench bench` always times anew.
 */
export async function timeOnce(
  job: KernelJob,
  backend: BackendDescription,
  store: Store,
  view: ProgressView,
  stop: AbortSignal,
): Promise<KernelTimings> {
  const { fingerprint } = rowContext(backend, job.context);
  const id = canonicalHash({ profile: job.profile, fingerprint, code: kernelCode() });
  const { kept, problem } = store.kernels(id);
  if (problem !== null) view.note(`${problem}; timing again`);
  if (kept !== null) {
    view.note('kernel timings of this machine are there already');
    return { rows: kept, end: { how: 'done' } };
  }
  const timings = await timeAll(job, view, stop);
  const complete = timings.end.how === 'done' && timings.rows.every((row) => row.status !== 'failed');
  if (complete) await store.keepKernels(id, timings.rows);
  return timings;
}
