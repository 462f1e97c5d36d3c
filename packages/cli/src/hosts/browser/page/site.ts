import { InputError, type Dataset, type Split } from '@jembench/core';
import type { RunFiles, Site } from '../../../jobs/site.js';
import { pageClock, pageEnvironment, pageLoadOptions, type Surroundings } from './environment.js';
import { exchangePaths, type DatasetHeader, type SplitName } from './exchange-paths.js';

/** What a job finds in a worker of the page. */
export function pageSite(surroundings: Surroundings): Site {
  return {
    environment: pageEnvironment(surroundings),
    loadOptions: pageLoadOptions(),
    now: pageClock,
    nextTurn,
    dataset: readDataset,
    encoder(name) {
      if (!name.endsWith('.json')) return name;
      throw new InputError(
        `--encoder: in a browser, got the file ${name}, wanted an encoder of the table; take --host node`,
      );
    },
    files: () => files,
    openStepProcesses: () => {
      throw new InputError('--jobs: processes, got a browser, wanted --host node');
    },
    openPeers: () => Promise.reject(new InputError('--peers: in a browser, got some, wanted none; take --host node')),
    debug(error) {
      console.error(error);
    },
  };
}

const channel = new MessageChannel();
const waiting: (() => void)[] = [];
(channel.port1 as unknown as { onmessage: () => void }).onmessage = () => waiting.shift()?.();

/** A message to oneself: unlike a timer it is not slowed down, and it comes after those that are there. */
const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(null);
  });

async function read(path: string): Promise<ArrayBuffer | null> {
  const response = await fetch(path);
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`${path}: got status ${response.status}, wanted 200`);
  return response.arrayBuffer();
}

async function write(path: string, body: Uint8Array): Promise<void> {
  const response = await fetch(path, { method: 'PUT', body: body as Uint8Array<ArrayBuffer> });
  if (!response.ok) throw new Error(`${path}: got status ${response.status}, wanted it to be written`);
}

async function mustRead(path: string): Promise<ArrayBuffer> {
  const content = await read(path);
  if (content === null) throw new Error(`${path}: got nothing, wanted the data set of this job`);
  return content;
}

async function readDataset(): Promise<Dataset> {
  const header = JSON.parse(new TextDecoder().decode(await mustRead(exchangePaths.dataset))) as DatasetHeader;
  const split = async (name: SplitName): Promise<Split> => ({
    images: new Uint8Array(await mustRead(exchangePaths.images(name))),
    labels: new Int32Array(await mustRead(exchangePaths.labels(name))),
    count: header[name].count,
  });
  return { ...header, train: await split('train'), test: await split('test') };
}

/** The server holds the checkpoint; the row travels as a message, and the suite keeps it before it calls the job done. */
const files: RunFiles = {
  async checkpoint() {
    const state = await read(exchangePaths.checkpoint);
    return state === null ? null : new Uint8Array(state);
  },
  saveCheckpoint: (state) => write(exchangePaths.checkpoint, state),
  dropCheckpoint: () => write(exchangePaths.checkpoint, new Uint8Array()),
  checkpointName: 'checkpoint',
  saveModel: () => Promise.reject(new InputError('--save: in a browser, got a folder, wanted none; take --host node')),
  keep: () => Promise.resolve(true),
};
