import { arch, availableParallelism, cpus, release, type as osType } from 'node:os';
import type { Environment } from '../../jobs/environment.js';

/** The CPU as the operating system names it. */
export const cpuModel = (): string => cpus()[0]?.model.trim() || 'unknown CPU';

/** The machine, whatever runs on it. */
export const machine = (): Environment['machine'] => ({
  cpu: cpuModel(),
  cores: availableParallelism(),
  os: `${osType()} ${release()}`,
  arch: arch(),
});

/** This process. */
export const nodeEnvironment = (): Environment => ({
  host: 'node',
  machine: machine(),
  runtime: `node ${process.versions.node}`,
  flags: {},
  isolated: null,
  clockResolutionMs: null,
});
