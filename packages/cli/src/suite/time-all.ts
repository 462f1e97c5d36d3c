import { useBackend } from '@jembench/core';
import { canonicalHash, declaredRows, rowKey, type KernelRow } from '@jembench/harness';
import { kernelCode } from '../environment/code-hash.js';
import { errorLine } from '../error-line.js';
import type { JobEnd } from '../hosts/host.js';
import type { OpenHost } from '../hosts/open.js';
import { benchmarkSets, type TimedRow } from '../jobs/benchmarks.js';
import { rowContext } from '../jobs/environment.js';
import type { KernelJob, Setup } from '../jobs/job.js';
import type { ProgressView } from '../output/progress.js';
import { unopenedPeers } from '../peers/peers.js';
import { unopenedStepProcesses } from '../peers/step-processes.js';
import { runPool } from './pool.js';
import type { Store } from './store.js';

/** What came of the timings. */
export interface Timings<R extends TimedRow = TimedRow> {
  readonly rows: readonly R[];
  readonly end: JobEnd;
}

/**
 * Times the kernels or the training steps in a process or page of their own; nothing else of the suite runs beside it.
 *
 * Where that fails on the way, the rows that it had finished are kept; the one it was at is `failed`, those behind it are `skipped`.
 */
export async function timeAll(
  job: KernelJob,
  { host, setup, problem }: OpenHost,
  view: ProgressView,
  stop: AbortSignal,
): Promise<Timings> {
  const rows: TimedRow[] = [];
  const ends: JobEnd[] = [];
  const what = job.benchmark === 'kernels' ? 'kernel timings' : 'training steps';
  const label = job.host === 'node' ? what : `${what}, ${job.host} ${job.backend}`;
  await runPool(
    [{ id: label, job, host }],
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
        if (row.kind === 'kernel' || row.kind === 'step') rows.push(row);
      },
      ended: (_, end) => {
        ends.push(end);
        const startupMs = rows.find((row) => typeof row.startupMs === 'number')?.startupMs as number | undefined;
        if (startupMs !== undefined)
          view.note(`${label}: first timing ${(startupMs / 1000).toFixed(1)} s after the start`);
        view.ended(
          label,
          `${label}: ${end.how === 'failed' ? `failed: ${errorLine(end.reason)}` : `${rows.length} rows`}`,
        );
      },
    },
    stop,
  );
  const end = ends[0] ?? { how: 'stopped' };
  if (end.how !== 'failed') return { rows, end };
  const missing = await missingRows(job, rows, setup, end.reason);
  // A backend that a host does not have is no failure of a kernel.
  const status = problem?.status ?? 'failed';
  return { rows: [...rows, ...missing.map((row) => (row.status === 'failed' ? { ...row, status } : row))], end };
}

/** A row for everything that was declared and not reached: the first shape among them is the one that failed. */
async function missingRows(
  job: KernelJob,
  rows: readonly TimedRow[],
  setup: Setup,
  reason: string,
): Promise<TimedRow[]> {
  const context = rowContext(setup, job.context);
  const peers = job.peers === null ? [] : unopenedPeers(job.peers, setup.environment);
  const { declarations, row: published } = benchmarkSets[job.benchmark];
  const there = new Set(rows.map(rowKey));
  const beside = job.processes === 1 ? null : unopenedStepProcesses(job.processes);
  const declared = declaredRows(declarations(await useBackend('wasm'), peers, beside), job.profile, context);
  const missing = declared.filter((row) => !there.has(rowKey(published(row))));
  const place = ({ kernel, pass, shape }: KernelRow): string => JSON.stringify([kernel, pass, shape]);
  return missing.map((row) =>
    published(
      place(row) === place(missing[0])
        ? { ...row, status: 'failed', reason }
        : { ...row, status: 'skipped', reason: `not reached: ${reason}` },
    ),
  );
}

/**
 * The same for a suite: timings that its folder holds from this machine and this state of the code are taken as they are.
 *
 * `jembench bench` always times anew.
 */
export async function timeOnce(
  job: KernelJob,
  open: OpenHost,
  store: Store,
  view: ProgressView,
  stop: AbortSignal,
): Promise<Timings<KernelRow>> {
  const { host, fingerprint } = rowContext(open.setup, job.context);
  const id = canonicalHash({ profile: job.profile, host, fingerprint, code: kernelCode() });
  const { kept, problem } = store.kernels(id);
  if (problem !== null) view.note(`${problem}; timing again`);
  if (kept !== null) {
    view.note(`kernel timings of this machine are there already (${host} ${job.backend})`);
    return { rows: kept, end: { how: 'done' } };
  }
  const timings = await timeAll(job, open, view, stop);
  const rows = timings.rows.filter((row) => row.kind === 'kernel');
  const complete = timings.end.how === 'done' && rows.every((row) => row.status !== 'failed');
  if (complete) await store.keepKernels(id, rows);
  return { rows, end: timings.end };
}
