/** The event of a worker that threw, or whose script does not load. */
interface WorkerError {
  readonly message?: string;
  readonly filename?: string;
  readonly lineno?: number;
}

/** A page's scope, as far as our pages use it: the house type-checks without the DOM's library. */
export interface PageScope<To, From> {
  readonly Worker: new (
    url: URL,
    options: { type: 'module' },
  ) => {
    postMessage(message: To): void;
    onmessage: ((event: { data: From }) => void) | null;
    onerror: ((event: WorkerError) => void) | null;
  };
  readonly document: { getElementById(id: string): { textContent: string } | null };
}

/** Puts a text into the element of that id, where the page has one. */
export function show({ document }: Pick<PageScope<never, never>, 'document'>, id: string, text: string): void {
  const element = document.getElementById(id);
  if (element !== null) element.textContent = text;
}

/** What a page says of a worker that broke. */
export function brokenWorker({ message, filename, lineno }: WorkerError): { type: 'failed'; reason: string } {
  const where = filename === undefined ? '' : ` (${filename}:${lineno ?? 0})`;
  return { type: 'failed', reason: `page: worker, got ${message ?? 'a script that does not load'}${where}` };
}
