import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FromWorker, Job, ToWorker } from '../../jobs/job.js';
import { tell, type JobEnd, type JobEvents } from '../host.js';

/** How long a worker may take to finish its step and write its checkpoint after it was asked to stop. */
const graceMs = 10_000;

const entry = fileURLToPath(new URL('./main.js', import.meta.url));
const living = new Set<ChildProcess>();

/** Ends every worker at once, without a checkpoint. */
export function killWorkers(): void {
  for (const child of living) child.kill('SIGKILL');
}

/**
 * Runs one job in a process of its own: a crash of the engine, a kill or an exhausted memory ends that job alone.
 *
 * When `stop` fires the worker is asked to write its checkpoint and to leave; after ten seconds it is killed.
 */
export function runInWorker(job: Job, events: JobEvents, stop: AbortSignal): Promise<JobEnd> {
  if (stop.aborted) return Promise.resolve({ how: 'stopped' });
  const child = fork(entry, [], { serialization: 'json', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  living.add(child);
  const send = (message: ToWorker): void => {
    // A worker that has just left cannot be told anything; its exit is what counts.
    if (child.connected) child.send(message, () => undefined);
  };
  let patience: NodeJS.Timeout | undefined;
  const onStop = (): void => {
    send({ type: 'stop' });
    patience = setTimeout(() => child.kill('SIGKILL'), graceMs);
  };
  stop.addEventListener('abort', onStop, { once: true });

  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-4000);
  });

  return new Promise((resolve) => {
    let end: JobEnd | null = null;
    child.on('message', (message: FromWorker) => {
      if (message.type === 'ready') send({ type: 'job', job });
      else end = tell(events, message) ?? end;
    });
    const finish = (fallback: JobEnd): void => {
      clearTimeout(patience);
      stop.removeEventListener('abort', onStop);
      living.delete(child);
      // What goes wrong in a job that is to stop is its stopping.
      resolve(stop.aborted && end?.how !== 'done' ? { how: 'stopped' } : (end ?? fallback));
    };
    child.on('error', (error) => {
      finish({ how: 'failed', reason: `worker: process, got ${error.message}, wanted one that starts` });
    });
    child.on('close', (code, signal) => {
      finish({ how: 'failed', reason: crash(code, signal, complaint) });
    });
  });
}

function crash(code: number | null, signal: NodeJS.Signals | null, complaint: string): string {
  const lines = complaint.split('\n').map((line) => line.trim());
  const last = lines.find((line) => /error|abort|memory/i.test(line)) ?? lines.filter(Boolean).at(-1);
  const ended = signal === null ? `exit code ${String(code)}` : `signal ${signal}`;
  const memory = signal === 'SIGKILL' ? ' (killed from outside; out of memory, perhaps: try fewer --jobs)' : '';
  return `worker: ended with ${ended}${memory}${last === undefined ? '' : `: ${last}`}`;
}
