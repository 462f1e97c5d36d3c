/**
 * The entry of a process that runs one side of a gate: this file and the harness are the head's, the packages that it measures are those
 * of the folder that it is told.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as benchKernels from '@jembench/bench-kernels';
import type * as coreModule from '@jembench/core';
import type * as datasetsNode from '@jembench/datasets/node';
import type * as trainersModule from '@jembench/trainers';
import { nodeEnvironment } from '../hosts/node/environment.js';
import { provideNodeBackends } from '../hosts/node/tensorflow.js';
import { answering } from './answer.js';
import type { SideCode } from './loaded-side.js';
import type { Ask } from './protocol.js';

const load = async <T>(root: string, file: string): Promise<T> =>
  (await import(pathToFileURL(join(root, file)).href)) as T;

async function codeOf(root: string): Promise<SideCode> {
  const core = await load<typeof coreModule>(root, 'packages/core/dist/index.js');
  const { provideTensorflow } = core as Partial<typeof coreModule>; // which older bases do not have
  if (provideTensorflow !== undefined) provideNodeBackends(provideTensorflow);
  return {
    core,
    kernels: await load<typeof benchKernels>(root, 'benchmarks/kernels/dist/index.js'),
    training: {
      trainers: await load<typeof trainersModule>(root, 'packages/trainers/dist/index.js'),
      dataset: async (counts) => {
        const { loadDataset } = await load<typeof datasetsNode>(root, 'packages/datasets/dist/node/index.js');
        return loadDataset('shapes', { seed: 1, ...counts });
      },
    },
    loadOptions: {},
    environment: nodeEnvironment(),
    wall: () => performance.now(),
    processor: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
  };
}

const answer = answering(codeOf);

process.on('disconnect', () => process.exit(1));
process.on('message', (ask: Ask) => {
  answer(ask)
    .then((message) => process.send?.(message, undefined, undefined, (error) => error && process.exit(1)))
    .catch(() => process.exit(1));
});
