import { arch, availableParallelism, cpus, release, type as osType } from 'node:os';
import type { BackendDescription } from '@jembench/core';
import { rowSchemaVersion, type Fingerprint, type RowContext } from '@jembench/harness';
import type { JobContext } from '../worker/protocol.js';

/** The CPU as the operating system names it. */
export const cpuModel = (): string => cpus()[0]?.model.trim() || 'unknown CPU';

function fingerprintOf(backend: BackendDescription): Fingerprint {
  return {
    cpu: cpuModel(),
    cores: availableParallelism(),
    os: `${osType()} ${release()}`,
    arch: arch(),
    runtime: `node ${process.versions.node}`,
    backend: backend.name,
    build: backend.build,
    adapter: backend.adapter ?? null,
    driver: null,
    software: backend.software,
    flags: { ...backend.flags },
    isolated: null,
  };
}

/** What all rows of this process share. */
export function rowContext(backend: BackendDescription, job: JobContext): RowContext {
  return {
    schema: rowSchemaVersion,
    host: 'node',
    backend: backend.name,
    build: backend.build,
    threads: backend.threads,
    fingerprint: fingerprintOf(backend),
    ...job,
  };
}
