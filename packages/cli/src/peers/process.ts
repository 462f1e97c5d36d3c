import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { BackendError } from '@jembench/core';
import { errorLine } from '../error-line.js';
import { peerEnvironment } from './python.js';

/** What an answer holds; whoever asked checks its fields. */
export type Answer = Readonly<Record<string, unknown>>;

interface Asked {
  readonly id: number;
  readonly op: string;
  readonly limitMs: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: Error) => void;
}

/** More in one line than any case has: a peer that floods its output is stopped before it fills the memory. */
const longestLine = 2 ** 29;

/** How long what has arrived takes to be read. */
const readingMs = 500;

const living = new Set<PeerProcess>();
// Whatever way this process ends of its own accord, its peers end with it; where it is killed, they see their input end.
process.on('exit', () => {
  for (const peer of living) peer.kill('this process ended');
});

export interface PeerProcessOptions {
  /** How long an answer may take. */
  readonly limitMs: number;
  /** The option by which the user sets that limit, where there is one. */
  readonly limitOption?: string;
  /** How many threads its libraries may have; as many as they like, where none is given. */
  readonly threads?: number;
}

const threadVariables = (threads: number): Record<string, string> =>
  Object.fromEntries(['OMP', 'MKL', 'OPENBLAS'].map((library) => [`${library}_NUM_THREADS`, String(threads)]));

/**
 * A process that answers requests, a line of JSON each, one after another.
 *
 * The first thing that goes wrong ends it for good: an answer that does not come within the limit, a line that is no answer, an end.
 * From then on every request fails with that reason.
 */
export class PeerProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #ended: Promise<void>;
  #waiting: Asked[] = [];
  #timer: NodeJS.Timeout | undefined;
  #failure: string | null = null;
  #complaint = '';
  #line: Buffer[] = [];
  #lineLength = 0;
  #asked = 0;

  constructor(
    readonly name: string,
    program: string,
    args: readonly string[],
    private readonly options: PeerProcessOptions,
  ) {
    this.#child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: peerEnvironment(options.threads === undefined ? {} : threadVariables(options.threads)),
      windowsHide: true,
    });
    living.add(this);
    this.#child.stdin.on('error', () => undefined); // its end is told by its exit
    this.#child.stdout.on('data', (chunk: Buffer) => {
      this.#read(chunk);
    });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint = (this.#complaint + text).slice(-4000);
    });
    this.#ended = new Promise((resolve) => {
      this.#child.on('error', (error) => {
        this.#fail(errorLine(error));
        resolve();
      });
      this.#child.on('close', (code, signal) => {
        living.delete(this);
        const last = this.#complaint.trim().split('\n').at(-1) ?? '';
        const how = signal === null ? `exit code ${String(code)}` : `signal ${signal}`;
        this.#fail(`ended with ${how}${last === '' ? '' : `: ${last}`}`);
        resolve();
      });
    });
  }

  /** @param limitMs how long the answer may take, once the ones before it are there. */
  ask(op: string, fields: object = {}, limitMs = this.options.limitMs): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) {
        reject(this.#error(this.#failure));
        return;
      }
      const id = ++this.#asked;
      this.#waiting.push({ id, op, limitMs, resolve, reject });
      if (this.#waiting.length === 1) this.#startClock();
      this.#child.stdin.write(`${JSON.stringify({ id, op, ...fields })}\n`);
    });
  }

  /** Ends it, in the middle of its work where it has any; resolves when it is gone. */
  close(): Promise<void> {
    this.kill('it was closed');
    return this.#ended;
  }

  /** Ends it at once. */
  kill(reason: string): void {
    this.#fail(reason);
    this.#child.kill('SIGKILL');
  }

  #startClock(): void {
    clearTimeout(this.#timer);
    const [first] = this.#waiting;
    if (first === undefined) return;
    this.#timer = setTimeout(() => {
      // This process may have been the busy one: an answer that is there already is read before it counts as missing.
      this.#timer = setTimeout(() => {
        const limit = this.options.limitOption === undefined ? '' : ` (${this.options.limitOption})`;
        this.kill(`"${first.op}" took longer than ${first.limitMs / 1000} s${limit}`);
      }, readingMs);
    }, first.limitMs);
  }

  #read(chunk: Buffer): void {
    let rest = chunk;
    for (let end = rest.indexOf(10); end >= 0 && this.#failure === null; end = rest.indexOf(10)) {
      const line = Buffer.concat([...this.#line, rest.subarray(0, end)]).toString('utf8');
      rest = rest.subarray(end + 1);
      this.#line = [];
      this.#lineLength = 0;
      this.#take(line);
    }
    if (this.#failure !== null) return;
    this.#line.push(rest);
    this.#lineLength += rest.length;
    if (this.#lineLength > longestLine) this.kill('its answer does not end');
  }

  #take(line: string): void {
    const answer = parsed(line);
    const [first] = this.#waiting;
    if (answer === null || first === undefined || answer.id !== first.id) {
      const shown = JSON.stringify(line.length > 60 ? `${line.slice(0, 60)}...` : line);
      this.kill(`got ${shown}, wanted ${first === undefined ? 'silence' : `the answer to "${first.op}"`}`);
      return;
    }
    this.#waiting.shift();
    this.#startClock();
    if ('ok' in answer) first.resolve(answer.ok);
    else first.reject(this.#error(answer.error));
  }

  #error(reason: string): Error {
    return new BackendError(`peer ${this.name}: ${reason}`);
  }

  #fail(reason: string): void {
    if (this.#failure !== null) return;
    this.#failure = reason;
    clearTimeout(this.#timer);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { reject } of waiting) reject(this.#error(reason));
  }
}

/** Processes that end together. */
export interface Together {
  /** Ends them at once: what they are asked then fails. */
  stop(): void;
  /** Ends them and waits until they are gone. */
  close(): Promise<void>;
}

export const together = (processes: readonly PeerProcess[]): Together => ({
  stop() {
    for (const process of processes) process.kill('stopped');
  },
  async close() {
    await Promise.all(processes.map((process) => process.close()));
  },
});

type Reply = { readonly id: number; readonly ok: Answer } | { readonly id: number; readonly error: string };

/** Null for what is no answer. */
function parsed(line: string): Reply | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { id, ok, error } = value as Record<string, unknown>;
  if (typeof id !== 'number') return null;
  if (typeof error === 'string') return { id, error };
  return typeof ok === 'object' && ok !== null ? { id, ok: ok as Answer } : null;
}
