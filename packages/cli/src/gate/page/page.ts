/**
 * The entry of a gate's page: starts the worker and carries asks and answers between it and whoever drives the browser, one at a time.
 */
import type { Answer } from '../protocol.js';
import type { ToSide } from './worker.js';

/** The parts of a page's scope that are used here: the house type-checks without the DOM's library. */
interface Scope {
  readonly Worker: new (
    url: URL,
    options: { type: 'module' },
  ) => {
    postMessage(message: ToSide): void;
    onmessage: ((event: { data: Answer }) => void) | null;
    onerror: ((event: { message?: string; filename?: string; lineno?: number }) => void) | null;
  };
  readonly document: { getElementById(id: string): { textContent: string } | null };
  /** Called by the driver. */
  jembenchAsk: (message: ToSide) => Promise<Answer>;
}

const scope = globalThis as unknown as Scope;
const worker = new scope.Worker(new URL('./worker.js', import.meta.url), { type: 'module' });

let broken: Answer | null = null;
let settle: (answer: Answer) => void = () => undefined;

function show({ ask }: ToSide): void {
  const element = scope.document.getElementById('progress');
  if (element !== null) element.textContent = 'benchmark' in ask ? `${ask.type} ${ask.benchmark}` : ask.type;
}

worker.onmessage = ({ data }) => {
  settle(data);
};
worker.onerror = ({ message, filename, lineno }) => {
  const where = filename === undefined ? '' : ` (${filename}:${lineno ?? 0})`;
  broken = { type: 'failed', reason: `page: worker, got ${message ?? 'a script that does not load'}${where}` };
  settle(broken);
};
scope.jembenchAsk = (message) =>
  new Promise((resolve) => {
    if (broken !== null) {
      resolve(broken);
      return;
    }
    settle = resolve;
    show(message);
    worker.postMessage(message);
  });
