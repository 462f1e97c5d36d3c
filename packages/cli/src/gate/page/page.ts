/**
 * The entry of a gate's page: starts the worker and carries asks and answers between it and whoever drives the browser, one at a time.
 */
import { brokenWorker, show, type PageScope } from '../../hosts/browser/page/page-scope.js';
import type { Answer } from '../protocol.js';
import type { ToSide } from './worker.js';

interface Scope extends PageScope<ToSide, Answer> {
  /** Called by the driver. */
  jembenchAsk: (message: ToSide) => Promise<Answer>;
}

const scope = globalThis as unknown as Scope;
const worker = new scope.Worker(new URL('./worker.js', import.meta.url), { type: 'module' });

let broken: Answer | null = null;
let settle: (answer: Answer) => void = () => undefined;

worker.onmessage = ({ data }) => {
  settle(data);
};
worker.onerror = (event) => {
  broken = brokenWorker(event);
  settle(broken);
};
scope.jembenchAsk = (message) =>
  new Promise((resolve) => {
    if (broken !== null) {
      resolve(broken);
      return;
    }
    settle = resolve;
    const { ask } = message;
    show(scope, 'progress', 'benchmark' in ask ? `${ask.type} ${ask.benchmark}` : ask.type);
    worker.postMessage(message);
  });
