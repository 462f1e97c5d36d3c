/**
 * The entry of the page: starts the worker, carries messages between it and whoever drives the browser, and shows what happens.
 */
import type { FromWorker } from '../../../jobs/job.js';
import { brokenWorker, show, type PageScope } from './page-scope.js';
import type { ToPage } from './worker.js';

interface Scope extends PageScope<ToPage, FromWorker> {
  /** Put here by the driver. */
  readonly jembenchSay: (message: string) => Promise<void>;
  /** Called by the driver. */
  jembenchTell: (message: ToPage) => void;
}

const scope = globalThis as unknown as Scope;
const worker = new scope.Worker(new URL('./worker.js', import.meta.url), { type: 'module' });

/** JSON, as between processes. */
const say = (message: FromWorker): void => void scope.jembenchSay(JSON.stringify(message));

let rows = 0;

function display(message: FromWorker): void {
  if (message.type === 'progress') {
    const { phase, step, steps, loss } = message.progress;
    show(scope, 'progress', `${phase} ${step}/${steps}${loss === null ? '' : `, loss ${loss.toPrecision(4)}`}`);
  } else if (message.type === 'row') {
    rows += 1;
    show(scope, 'rows', `${rows} rows`);
  } else if (message.type === 'failed') show(scope, 'progress', `failed: ${message.reason}`);
  else if (message.type === 'done' || message.type === 'stopped') show(scope, 'progress', message.type);
}

worker.onmessage = ({ data }) => {
  display(data);
  say(data);
};
worker.onerror = (event) => {
  say(brokenWorker(event));
};
scope.jembenchTell = (message) => {
  if (message.type === 'job') show(scope, 'job', JSON.stringify(message.job, null, 2));
  worker.postMessage(message);
};
