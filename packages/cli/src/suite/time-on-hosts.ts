import type { BackendName } from '@jembench/core';
import type { KernelRow } from '@jembench/harness';
import { openHost, type OpenHost, type OpenHosts } from '../hosts/open.js';
import { epochMs } from '../jobs/epoch.js';
import type { KernelJob } from '../jobs/job.js';
import type { ProgressView } from '../output/progress.js';
import type { Check } from './checks.js';
import type { Store } from './store.js';
import { timeOnce } from './time-all.js';

/** Backends of a browser that a suite times beside the one that was asked for, where they run on a GPU. */
const gpuBackends = ['webgl', 'webgpu'] as const;

type Request = Pick<KernelJob, 'profile' | 'backend' | 'context'> & {
  /** Milliseconds that the command had taken before it opened a host. */
  readonly loadMs: number;
};

/** The kernel timings of every host, and a check for each that did not come to its end. */
export async function timeOnHosts(
  hosts: OpenHosts,
  { loadMs, ...request }: Request,
  store: Store,
  view: ProgressView,
  stop: AbortSignal,
): Promise<{ rows: KernelRow[]; problems: Check[] }> {
  const rows: KernelRow[] = [];
  const problems: Check[] = [];
  const time = async (open: OpenHost, backend: BackendName): Promise<void> => {
    const host = open.host.name;
    const job: KernelJob = {
      kind: 'kernels',
      benchmark: 'kernels',
      host,
      ...{ wasmBuild: null, processes: 1, peers: null },
      ...request,
      backend,
      startedAt: epochMs() - loadMs - open.openMs,
    };
    const timings = await timeOnce(job, open, store, view, stop);
    rows.push(...timings.rows);
    if (timings.end.how === 'failed') {
      const name = host === 'node' ? 'kernels' : `kernels, ${host} ${backend}`;
      problems.push({ name: `${name}: run to their end`, passed: false, found: timings.end.reason });
    }
  };
  for (const open of hosts.values()) {
    if (stop.aborted) break;
    await time(open, request.backend);
    if (open.host.name !== 'browser' || open.problem !== null) continue;
    for (const backend of gpuBackends) {
      if (stop.aborted || backend === request.backend) continue;
      const gpu = await openHost(open.host, backend);
      const reason = whyNot(gpu, request);
      if (reason === null) await time(gpu, backend);
      else view.note(`skipped: kernel timings, browser ${backend}: ${reason}`);
    }
  }
  return { rows, problems };
}

/** A software adapter takes minutes for what it does not show; the smallest profile shows that it works. */
function whyNot({ setup: { backend }, problem }: OpenHost, { profile }: Pick<Request, 'profile'>): string | null {
  if (problem !== null) return problem.reason;
  if (!backend.software || profile === 'smoke') return null;
  return `${backend.adapter ?? 'its adapter'} is no GPU; "jembench bench kernels --host browser --backend ${backend.name}" times it`;
}
