import type { Dataset, Split } from '@jembench/core';
import type { TrainingJob } from '../../jobs/job.js';
import { Store } from '../../suite/store.js';
import { exchangePaths, type DatasetHeader } from './page/exchange-paths.js';
import type { Exchange } from './server.js';

const bytes = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Nothing to exchange: jobs without data. */
export const noExchange: Exchange = { read: () => null, write: () => Promise.resolve(false) };

/** The data set of a run, and its checkpoint in the suite's folder. */
export function trainingExchange({ folder, runId }: TrainingJob, dataset: Dataset): Exchange {
  const store = new Store(folder);
  const { train, test, ...rest } = dataset;
  const count = ({ count }: Split): { count: number } => ({ count });
  const header: DatasetHeader = { ...rest, train: count(train), test: count(test) };
  const content = new Map<string, Uint8Array>([
    [exchangePaths.dataset, Buffer.from(JSON.stringify(header))],
    [exchangePaths.images('train'), bytes(train.images)],
    [exchangePaths.images('test'), bytes(test.images)],
    [exchangePaths.labels('train'), bytes(train.labels)],
    [exchangePaths.labels('test'), bytes(test.labels)],
  ]);
  return {
    read: (path) => (path === exchangePaths.checkpoint ? store.checkpoint(runId) : (content.get(path) ?? null)),
    async write(path, body) {
      if (path !== exchangePaths.checkpoint) return false;
      if (body.length === 0) store.dropCheckpoint(runId);
      else await store.saveCheckpoint(runId, body);
      return true;
    },
  };
}
