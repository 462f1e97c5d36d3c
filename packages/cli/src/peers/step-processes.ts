import { fileURLToPath } from 'node:url';
import type { SideBySide } from '@jembench/bench-training';
import type { OpenBenchmark, Outputs } from '@jembench/harness';
import type { KernelJob } from '../jobs/job.js';
import { PeerProcess, together, type Together } from './process.js';
import { decoded } from './tensors.js';

/** What the processes are told. */
export type StepProcessRequest = Pick<KernelJob, 'processes' | 'backend' | 'wasmBuild'>;

/** Processes under way. */
export type OpenStepProcesses = SideBySide & Together;

/** The other side of the protocol. */
const entry = fileURLToPath(new URL('../hosts/node/step-process.js', import.meta.url));

/** Longest wait for an answer: a backend that compiles, and steps of a large network on a busy machine. */
const limitMs = 300_000;

/** Processes that are not started: for what is known of their rows. */
export const unopenedStepProcesses = (processes: number): SideBySide => ({
  processes,
  open: () => {
    throw new Error('step processes: not started');
  },
});

/**
 * Starts processes that compute our own training steps as another library would: asked by lines of JSON, timed by their own clocks.
 *
 * All of them step at the same time; a time is that of the slowest over their number, since so many batches are done by then.
 */
export function openStepProcesses({ processes: count, backend, wasmBuild }: StepProcessRequest): OpenStepProcesses {
  const processes = Array.from(
    { length: count },
    (_, i) => new PeerProcess(`trainers ${i + 1}`, process.execPath, [entry], { limitMs, threads: 1 }),
  );
  const all = (op: string, fields: object = {}): Promise<Readonly<Record<string, unknown>>[]> =>
    Promise.all(processes.map((each) => each.ask(op, fields)));
  return {
    processes: count,
    open(kernel, shape): OpenBenchmark {
      const opening = all('open', { backend, wasmBuild, kernel, shape });
      opening.catch(() => undefined); // told by whoever uses it
      const timed = async (repeats: number): Promise<number> => {
        await opening;
        const times = (await all('time', { repeats })).map(({ ms }) => Number(ms));
        return Math.max(...times) / count;
      };
      return {
        timed,
        async step() {
          await timed(1);
        },
        async outputs(): Promise<Outputs> {
          await opening;
          const [{ outputs }] = await all('outputs');
          return Object.fromEntries(
            Object.entries(Object(outputs) as object).map(([key, value]) => [key, decoded(key, value)]),
          );
        },
        close() {
          all('close').catch(() => undefined);
        },
      };
    },
    ...together(processes),
  };
}
