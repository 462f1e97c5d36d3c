import { checkedFence, kernelBenchmarks, measuredCeilings } from '@jembench/bench-kernels';
import { tf, useBackend } from '@jembench/core';
import { runBenchmarks, shapeCount, type KernelRow } from '@jembench/harness';
import { deviceWatch } from './device-watch.js';
import { rowContext } from './environment.js';
import type { KernelJob } from './job.js';
import type { JobReport } from './report.js';
import type { Site } from './site.js';

/**
 * The kernel benchmarks of a profile on a backend, a row each; ends early, between two rows, when `stop` fires.
 *
 * @throws BackendError when the backend's fence does not wait, or its device is lost.
 */
export async function* timeKernels(
  job: KernelJob,
  site: Site,
  report: JobReport,
  stop: AbortSignal,
): AsyncGenerator<KernelRow> {
  const backend = await useBackend(job.backend, {
    ...site.loadOptions,
    ...(job.wasmBuild !== null && { trainingKernels: job.wasmBuild }),
  });
  const checkDevice = deviceWatch(backend);
  const declarations = kernelBenchmarks(backend);
  const steps = shapeCount(declarations, job.profile);
  const said = (phase: string, step: number): void => {
    report.progress({ phase, step, steps, loss: null, imagesPerSecond: null });
  };
  const now = (): number => site.now();
  said('checking the fence', 0);
  const fenceRatio = await checkedFence(backend, now);
  said('measuring the ceilings', 0);
  const onProcessor = backend.name === 'wasm' || backend.name === 'cpu';
  const ceilings = onProcessor ? await measuredCeilings(now) : null;
  const memory = (): { tensors: number; bytes: number } => {
    const { numTensors, numBytes } = tf.memory();
    return { tensors: numTensors, bytes: numBytes };
  };
  const setup = { backend: backend.description, environment: site.environment };
  const host = { context: { ...rowContext(setup, job.context), fenceRatio }, ceilings, now, memory };

  const seen = new Set<string>();
  for await (const row of runBenchmarks(declarations, host, { profile: job.profile })) {
    await site.nextTurn();
    checkDevice();
    yield row;
    if (stop.aborted) return;
    seen.add(`${row.kernel} ${row.pass} ${Object.values(row.shape).join('×')}`);
    said([...seen].at(-1) ?? '', seen.size);
  }
}
