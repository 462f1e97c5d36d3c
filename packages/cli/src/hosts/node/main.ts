/**
 * The entry of a worker process: takes one job from the suite, does it, says how it went, and ends with the suite.
 */
import type { FromWorker, ToWorker } from '../../jobs/job.js';
import { runJob } from '../../jobs/run-job.js';
import { nodeSite } from './site.js';
import { provideNodeBackends } from './tensorflow.js';

provideNodeBackends();
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

// Ctrl-C reaches the whole group of processes; the suite decides what it means.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
// Without its suite a worker has nobody to work for.
process.on('disconnect', () => process.exit(1));
process.on('message', (message: ToWorker) => {
  if (message.type === 'stop') stop.abort();
  else void runJob(message.job, nodeSite, send, stop.signal).then(() => process.exit(0));
});
await send({ type: 'ready' });
