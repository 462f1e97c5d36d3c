/**
 * The entry of the page: starts the worker, carries messages between it and whoever drives the browser, and shows what happens.
 */
import type { FromWorker } from '../../../jobs/job.js';
import type { ToPage } from './worker.js';

/** The parts of a page's scope that are used here: the house type-checks without the DOM's library. */
interface Scope {
  readonly Worker: new (
    url: URL,
    options: { type: 'module' },
  ) => {
    postMessage(message: ToPage): void;
    onmessage: ((event: { data: FromWorker }) => void) | null;
    onerror: ((event: { message?: string; filename?: string; lineno?: number }) => void) | null;
  };
  readonly document: { getElementById(id: string): { textContent: string } | null };
  /** Put here by the driver. */
  readonly jembenchSay: (message: string) => Promise<void>;
  /** Called by the driver. */
  jembenchTell: (message: ToPage) => void;
}

const scope = globalThis as unknown as Scope;
const worker = new scope.Worker(new URL('./worker.js', import.meta.url), { type: 'module' });

/** JSON, as between processes. */
const say = (message: FromWorker): void => void scope.jembenchSay(JSON.stringify(message));

function show(id: string, text: string): void {
  const element = scope.document.getElementById(id);
  if (element !== null) element.textContent = text;
}

let rows = 0;

function display(message: FromWorker): void {
  if (message.type === 'progress') {
    const { phase, step, steps, loss } = message.progress;
    show('progress', `${phase} ${step}/${steps}${loss === null ? '' : `, loss ${loss.toPrecision(4)}`}`);
  } else if (message.type === 'row') {
    rows += 1;
    show('rows', `${rows} rows`);
  } else if (message.type === 'failed') show('progress', `failed: ${message.reason}`);
  else if (message.type === 'done' || message.type === 'stopped') show('progress', message.type);
}

worker.onmessage = ({ data }) => {
  display(data);
  say(data);
};
worker.onerror = ({ message, filename, lineno }) => {
  const where = filename === undefined ? '' : ` (${filename}:${lineno ?? 0})`;
  say({ type: 'failed', reason: `page: worker, got ${message ?? 'a script that does not load'}${where}` });
};
scope.jembenchTell = (message) => {
  if (message.type === 'job') show('job', JSON.stringify(message.job, null, 2));
  worker.postMessage(message);
};
