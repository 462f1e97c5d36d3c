import { setImmediate as nextTurn } from 'node:timers/promises';
import { modelArtifacts } from '@jembench/trainers';
import { openDataset } from '../../environment/dataset.js';
import type { TrainingJob } from '../../jobs/job.js';
import type { RunFiles, Site } from '../../jobs/site.js';
import { openPeers } from '../../peers/peers.js';
import { openStepProcesses } from '../../peers/step-processes.js';
import { encoderOf, writeModel } from '../../suite/model-file.js';
import { Store } from '../../suite/store.js';
import { nodeEnvironment } from './environment.js';

/** The suite has told what there is to know about the data. */
const silent = { note: () => undefined };

/** What a job finds in a process of Node. */
export const nodeSite: Site = {
  environment: nodeEnvironment(),
  loadOptions: {},
  now: () => performance.now(),
  nextTurn: () => nextTurn(),
  dataset: (job, stop) => openDataset(job.run.dataset, silent, stop),
  encoder: encoderOf,
  files,
  openPeers: (request) => openPeers(request, nodeEnvironment()),
  openStepProcesses,
  debug(error) {
    if (process.env.JEMBENCH_DEBUG === '1') console.error(error);
  },
};

/** The suite's folder. Without its suite a worker has no business there: another suite may own it by now. */
function files({ folder, runId, save }: TrainingJob): RunFiles {
  const store = new Store(folder);
  return {
    checkpoint: () => Promise.resolve(store.checkpoint(runId)),
    async saveCheckpoint(state) {
      if (process.connected) await store.saveCheckpoint(runId, state);
    },
    dropCheckpoint() {
      store.dropCheckpoint(runId);
      return Promise.resolve();
    },
    checkpointName: store.checkpointPath(runId),
    async saveModel(run) {
      if (save !== null) await writeModel(save, await modelArtifacts(run.networks.encoder.model));
    },
    async keep(row) {
      if (!process.connected) return false;
      await store.keepRun(runId, row);
      return true;
    },
  };
}
