/**
 * The entry of the page's worker: takes one job, does it and says how it went, as a worker process of Node does.
 */
import type { FromWorker, Job } from '../../../jobs/job.js';
import { runJob } from '../../../jobs/run-job.js';
import type { Surroundings } from './environment.js';
import { pageSite } from './site.js';

/** From the page: as a worker process hears it, and what the page cannot know of itself. */
export type ToPage =
  { readonly type: 'job'; readonly job: Job; readonly surroundings: Surroundings } | { readonly type: 'stop' };

/** The parts of a worker's scope that are used here: the house type-checks without the DOM's library. */
interface Scope {
  postMessage(message: FromWorker): void;
  onmessage: ((event: { data: ToPage }) => void) | null;
}

const scope = globalThis as unknown as Scope;
const stop = new AbortController();

function send(message: FromWorker): Promise<void> {
  scope.postMessage(message);
  return Promise.resolve();
}

scope.onmessage = ({ data }) => {
  if (data.type === 'stop') stop.abort();
  else void runJob(data.job, pageSite(data.surroundings), send, stop.signal);
};
void send({ type: 'ready' });
