import { fileURLToPath } from 'node:url';
import { BackendError, InputError, type BackendName, type Dataset } from '@jembench/core';
import type { DatasetSpec, Job, Setup } from '../../jobs/job.js';
import { Store } from '../../suite/store.js';
import type { Host, JobEnd, JobEvents } from '../host.js';
import { runInBrowser, type BrowserSetting } from './drive.js';
import { noExchange, trainingExchange } from './exchange.js';
import { findBrowser } from './find.js';
import type { Exchange } from './server.js';

/** The page's files, bundled with the built command. */
const site = fileURLToPath(new URL('../../../dist/site', import.meta.url));

const silent = new AbortController().signal;
const nothing = (): void => undefined;

/**
 * A browser: a process of its own for every job.
 *
 * @param openDataset the data set of a run, which the page gets from here.
 */
export function browserHost(
  setting: BrowserSetting,
  openDataset: (spec: DatasetSpec, stop: AbortSignal) => Promise<Dataset>,
): Host {
  const drive = (job: Job, exchange: Exchange, events: JobEvents, stop: AbortSignal): Promise<JobEnd> =>
    runInBrowser(job, site, exchange, events, stop, setting);

  async function setup(backend: BackendName): Promise<Setup> {
    findBrowser(setting.browser); // that it is missing is told as it is
    let found: Setup | null = null;
    const events: JobEvents = {
      ...{ progress: nothing, note: nothing, row: nothing },
      setup: (told) => {
        found = told;
      },
    };
    const context = { command: '', commit: '' };
    const end = await drive({ kind: 'setup', backend, context }, noExchange, events, silent);
    if (end.how === 'done' && found !== null) return found;
    const reason = end.how === 'failed' ? end.reason : 'got no answer';
    throw reason.startsWith('useBackend') ? new BackendError(reason) : new InputError(reason);
  }

  // All runs of a suite have one data set: it is opened once, not for every page.
  let held: { readonly key: string; readonly dataset: Promise<Dataset> } | null = null;
  function datasetOf(spec: DatasetSpec, stop: AbortSignal): Promise<Dataset> {
    const key = JSON.stringify(spec);
    if (held?.key === key) return held.dataset;
    const dataset = openDataset(spec, stop);
    held = { key, dataset };
    dataset.catch(() => {
      held = null;
    });
    return dataset;
  }

  async function run(job: Job, events: JobEvents, stop: AbortSignal): Promise<JobEnd> {
    if (job.kind !== 'training') return drive(job, noExchange, events, stop);
    const store = new Store(job.folder);
    let kept = Promise.resolve();
    const keeping: JobEvents = {
      ...events,
      row(row) {
        kept = store.keepRun(job.runId, row);
        events.row(row);
      },
    };
    const end = await drive(job, trainingExchange(job, await datasetOf(job.run.dataset, stop)), keeping, stop);
    await kept;
    return end;
  }

  return { name: 'browser', setup, run };
}
