/**
 * The entry of a worker process: takes one job from the suite, does it, says how it went, and ends with the suite.
 */
import { errorLine } from '../errors.js';
import { timeKernels } from './kernels.js';
import type { FromWorker, Job, ToWorker } from './protocol.js';
import { trainAndScore } from './training.js';

const stop = new AbortController();

function send(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    const sent = (): void => {
      resolve();
    };
    if (process.send === undefined || !process.connected) sent();
    else process.send(message, undefined, undefined, sent);
  });
}

async function work(job: Job): Promise<void> {
  const report = {
    progress: (progress: Extract<FromWorker, { type: 'progress' }>['progress']) =>
      void send({ type: 'progress', progress }),
    note: (text: string) => void send({ type: 'note', text }),
  };
  try {
    if (job.kind === 'training') {
      const row = await trainAndScore(job, report, stop.signal);
      if (row === null) await send({ type: 'stopped' });
      else {
        await send({ type: 'row', row });
        await send({ type: 'done' });
      }
    } else {
      for await (const row of timeKernels(job, report, stop.signal)) await send({ type: 'row', row });
      await send({ type: stop.signal.aborted ? 'stopped' : 'done' });
    }
  } catch (error) {
    if (process.env.JEMBENCH_DEBUG === '1') console.error(error);
    await send({ type: 'failed', reason: errorLine(error) });
  }
  process.exit(0);
}

// Ctrl-C reaches the whole group of processes; the suite decides what it means.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
// Without its suite a worker has nobody to work for.
process.on('disconnect', () => process.exit(1));
process.on('message', (message: ToWorker) => {
  if (message.type === 'stop') stop.abort();
  else void work(message.job);
});
await send({ type: 'ready' });
