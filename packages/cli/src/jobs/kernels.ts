import { checkedFence, measuredCeilings } from '@jembench/bench-kernels';
import { tf, useBackend, type Backend } from '@jembench/core';
import { runBenchmarks, shapeCount, sizesText, type BenchmarkHost } from '@jembench/harness';
import { benchmarkSets, type TimedRow } from './benchmarks.js';
import { deviceWatch } from './device-watch.js';
import { epochMs } from './epoch.js';
import { rowContext } from './environment.js';
import type { KernelJob } from './job.js';
import type { JobReport } from './report.js';
import type { Site } from './site.js';

/**
 * The benchmarks of a profile on a backend, a row each; ends early, between two rows, when `stop` fires.
 *
 * @throws BackendError when the backend's fence does not wait, or its device is lost.
 */
export async function* timeKernels(
  job: KernelJob,
  site: Site,
  report: JobReport,
  stop: AbortSignal,
): AsyncGenerator<TimedRow> {
  const backend = await useBackend(job.backend, {
    ...site.loadOptions,
    ...(job.wasmBuild !== null && { trainingKernels: job.wasmBuild }),
  });
  const device = deviceWatch(backend);
  const open = job.peers === null ? null : await site.openPeers(job.peers);
  // A step of a peer may take longer than the patience of whoever asked to stop.
  const beside = job.processes === 1 ? null : site.openStepProcesses(job);
  const onStop = (): void => {
    open?.stop();
    beside?.stop();
  };
  stop.addEventListener('abort', onStop);
  try {
    const set = benchmarkSets[job.benchmark];
    const declarations = set.declarations(backend, open?.peers, beside);
    const steps = shapeCount(declarations, job.profile);
    const said = (phase: string, step: number): void => {
      report.progress({ phase, step, steps, loss: null, imagesPerSecond: null });
    };
    const host = await device.during(
      benchmarkHost(job, site, backend, (phase) => {
        said(phase, 0);
      }),
    );
    const seen = new Set<string>();
    let startupMs: number | undefined;
    const onTiming = (): void => {
      startupMs ??= Math.round(epochMs() - job.startedAt);
    };
    const timings = runBenchmarks(declarations, { ...host, onTiming }, { profile: job.profile });
    for await (const row of device.each(timings)) {
      await site.nextTurn();
      device.check();
      if (stop.aborted) return;
      yield set.row({ ...row, ...(startupMs !== undefined && { startupMs }) });
      seen.add(`${row.kernel} ${row.pass} ${sizesText(row.shape)}`);
      said([...seen].at(-1) ?? '', seen.size);
    }
  } finally {
    stop.removeEventListener('abort', onStop);
    await Promise.all([open?.close(), beside?.close()]);
  }
}

/** The clock, the counters and the ceilings of where the job is, the fence proved to wait. */
async function benchmarkHost(
  job: KernelJob,
  site: Site,
  backend: Backend,
  said: (phase: string) => void,
): Promise<BenchmarkHost> {
  const now = (): number => site.now();
  said('checking the fence');
  const fenceRatio = await checkedFence(backend, now);
  said('measuring the ceilings');
  const onProcessor = backend.name === 'wasm' || backend.name === 'cpu';
  const ceilings = onProcessor ? await measuredCeilings(now) : null;
  const memory = (): { tensors: number; bytes: number } => {
    const { numTensors, numBytes } = tf.memory();
    return { tensors: numTensors, bytes: numBytes };
  };
  const setup = { backend: backend.description, environment: site.environment };
  return { context: { ...rowContext(setup, job.context), ...{ fenceRatio } }, ceilings, now, memory };
}
