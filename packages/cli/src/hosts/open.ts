import { BackendError, tf, type BackendName } from '@jembench/core';
import { errorLine } from '../error-line.js';
import type { HostName, Setup } from '../jobs/job.js';
import type { Host } from './host.js';
import { machine } from './node/environment.js';

/** A host and what a backend is there. */
export interface OpenHost {
  readonly host: Host;
  readonly setup: Setup;
  /** Milliseconds that opening it took. */
  readonly openMs: number;
  /** Why nothing can run: every job ends with it. Null where jobs run. */
  readonly problem: { readonly reason: string; readonly status: 'failed' | 'skipped' } | null;
}

export type OpenHosts = ReadonlyMap<HostName, OpenHost>;

/**
 * A host with a backend. One that cannot be used is opened all the same: its jobs become rows that say why, and other hosts go on.
 */
export async function openHost(host: Host, backend: BackendName): Promise<OpenHost> {
  const began = performance.now();
  const openMs = (): number => performance.now() - began;
  try {
    return { host, setup: await host.setup(backend), problem: null, openMs: openMs() };
  } catch (error) {
    const reason = errorLine(error);
    // A backend that a host does not have is no failure; a host that was asked for and is not there is one.
    const status = error instanceof BackendError ? 'skipped' : 'failed';
    const nothing = { host: withoutRuns(host.name, reason), setup: unknown(host.name, backend) };
    return { ...nothing, problem: { reason, status }, openMs: openMs() };
  }
}

/** One host alone. @throws BackendError where the backend cannot run there: without it there is nothing to do. */
export async function onlyHost(host: Host, backend: BackendName): Promise<OpenHosts> {
  const began = performance.now();
  const setup = await host.setup(backend);
  return new Map([[host.name, { host, setup, problem: null, openMs: performance.now() - began }]]);
}

const withoutRuns = (name: HostName, reason: string): Host => ({
  name,
  setup: () => Promise.reject(new BackendError(reason)),
  run: () => Promise.resolve({ how: 'failed', reason }),
});

/** What is known of a backend that was not loaded. */
const unknown = (host: HostName, name: BackendName): Setup => ({
  backend: { name, tfjs: tf.version_core, build: 'unknown', threads: 1, flags: {}, software: false },
  environment: { host, machine: machine(), runtime: host, flags: {}, isolated: null, clockResolutionMs: null },
});

export function hostNamed(hosts: OpenHosts, name: HostName): OpenHost {
  const host = hosts.get(name);
  if (host === undefined) throw new Error(`host: got ${name}, which was not opened`);
  return host;
}
