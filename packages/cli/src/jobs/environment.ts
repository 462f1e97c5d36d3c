import { rowSchemaVersion, type Fingerprint, type RowContext } from '@jembench/harness';
import type { HostName, JobContext, Setup } from './job.js';

/** What is around a backend: the machine, the runtime, and what the runtime allows. */
export interface Environment {
  readonly host: HostName;
  readonly machine: Pick<Fingerprint, 'cpu' | 'cores' | 'os' | 'arch'>;
  /** `node 24.1.0`, `chromium 156.0.1`. */
  readonly runtime: string;
  /** How the runtime was started, where that moves results or speed. */
  readonly flags: Fingerprint['flags'];
  /** Cross-origin isolation of a page; null outside a browser. */
  readonly isolated: boolean | null;
  /** The tick of the clock that times, in milliseconds; null where it is finer than a call takes. */
  readonly clockResolutionMs: number | null;
}

/** What all rows of a job share. */
export function rowContext({ backend, environment }: Setup, job: JobContext): RowContext {
  const { host, machine, runtime, flags, isolated, clockResolutionMs } = environment;
  return {
    schema: rowSchemaVersion,
    host,
    backend: backend.name,
    build: backend.build,
    threads: backend.threads,
    fingerprint: {
      ...machine,
      runtime,
      backend: backend.name,
      build: backend.build,
      adapter: backend.adapter ?? null,
      driver: backend.driver ?? null,
      software: backend.software,
      flags: { ...backend.flags, ...flags },
      isolated,
    },
    ...(clockResolutionMs !== null && { clockResolutionMs }),
    ...job,
  };
}
