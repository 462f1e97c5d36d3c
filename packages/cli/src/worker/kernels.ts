import { setImmediate as nextTurn } from 'node:timers/promises';
import { kernelBenchmarks, measuredCeilings } from '@jembench/bench-kernels';
import { tf, useBackend } from '@jembench/core';
import { runBenchmarks, shapeCount, type KernelRow } from '@jembench/harness';
import { rowContext } from '../environment/context.js';
import type { KernelJob } from './protocol.js';
import type { JobReport } from './report.js';

const now = (): number => performance.now();

/** The kernel benchmarks of a profile on a backend, a row each; ends early, between two rows, when `stop` fires. */
export async function* timeKernels(job: KernelJob, report: JobReport, stop: AbortSignal): AsyncGenerator<KernelRow> {
  const backend = await useBackend(job.backend);
  const declarations = kernelBenchmarks(backend);
  const steps = shapeCount(declarations, job.profile);
  const said = (phase: string, step: number): void => {
    report.progress({ phase, step, steps, loss: null, imagesPerSecond: null });
  };
  said('measuring the ceilings', 0);
  const ceilings = await measuredCeilings(now);
  const memory = (): { tensors: number; bytes: number } => {
    const { numTensors, numBytes } = tf.memory();
    return { tensors: numTensors, bytes: numBytes };
  };
  const host = { context: rowContext(backend.description, job.context), ceilings, now, memory };

  const seen = new Set<string>();
  for await (const row of runBenchmarks(declarations, host, { profile: job.profile })) {
    yield row;
    await nextTurn();
    if (stop.aborted) return;
    seen.add(`${row.kernel} ${row.pass} ${Object.values(row.shape).join('×')}`);
    said([...seen].at(-1) ?? '', seen.size);
  }
}
