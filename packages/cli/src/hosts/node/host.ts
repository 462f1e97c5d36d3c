import { useBackend } from '@jembench/core';
import type { Host } from '../host.js';
import { nodeEnvironment } from './environment.js';
import { runInWorker } from './spawn.js';

/** Node: a process of its own for every job. */
export const nodeHost: Host = {
  name: 'node',
  async setup(backend) {
    const { description } = await useBackend(backend);
    return { backend: description, environment: nodeEnvironment() };
  },
  run: runInWorker,
};
