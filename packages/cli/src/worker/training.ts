import { setImmediate as nextTurn } from 'node:timers/promises';
import { InputError, useBackend, type Dataset } from '@jembench/core';
import { checkedRow, type Row } from '@jembench/harness';
import { evaluate, modelArtifacts, train, type TrainedRun } from '@jembench/trainers';
import { codeHash } from '../environment/code-hash.js';
import { rowContext } from '../environment/context.js';
import { openDataset } from '../environment/dataset.js';
import { errorLine } from '../errors.js';
import { writeModel } from '../suite/model-file.js';
import { preparedRun, type PreparedRun } from '../suite/prepare.js';
import { Store } from '../suite/store.js';
import { trainingDraft } from '../suite/training-row.js';
import { checkpointHooks } from './checkpoint-hooks.js';
import type { TrainingJob } from './protocol.js';
import type { JobReport } from './report.js';

/**
 * One run from its first step, or its last checkpoint, to its row in the store; null when it was stopped on the way.
 *
 * @throws InputError when what it finds is not the run that the suite planned (a data set that changed in between).
 */
export async function trainAndScore(job: TrainingJob, report: JobReport, stop: AbortSignal): Promise<Row | null> {
  const store = new Store(job.folder);
  const backend = await useBackend(job.run.backend);
  const dataset = await openDataset(job.run.dataset, () => undefined);
  const prepared = preparedRun(job.run, dataset, backend.description, codeHash());
  if (prepared.id !== job.runId) {
    throw new InputError(
      `run: identity, got ${prepared.id.slice(0, 8)}, wanted ${job.runId.slice(0, 8)} as planned; ` +
        'the data set, the code or the backend changed under the suite; start it again',
    );
  }
  const trained = await trainedOrStopped(job, prepared, dataset, store, report, stop);
  if (trained === null) return null;
  try {
    return await scored(job, prepared, dataset, trained, store, report);
  } finally {
    trained.dispose();
  }
}

/** Trains from the run's checkpoint; one that cannot be used is told, and the run starts over. Null when it was stopped. */
async function trainedOrStopped(
  job: TrainingJob,
  { id, config, plan }: PreparedRun,
  dataset: Dataset,
  store: Store,
  report: JobReport,
  stop: AbortSignal,
): Promise<TrainedRun | null> {
  const rate = throughput(plan.batch);
  let started = false;
  const attempt = async (resume: Uint8Array | undefined): Promise<TrainedRun | null> => {
    const hooks = checkpointHooks(store, id, job.checkpointSeconds, resume);
    const steps = train(config, dataset, hooks);
    for (;;) {
      const { done, value } = await steps.next();
      if (done) return value;
      started = true;
      const { step, totalSteps, loss } = value;
      report.progress({
        ...{ phase: 'training', step: step + 1, steps: totalSteps },
        ...{ loss: Number.isFinite(loss) ? loss : null, imagesPerSecond: rate() },
      });
      await nextTurn(); // the suite's messages are read between two steps
      if (stop.aborted && hooks.savedOnDemand()) {
        await steps.return(undefined as never);
        return null;
      }
    }
  };

  const resume = store.checkpoint(id) ?? undefined;
  try {
    return await attempt(resume);
  } catch (error) {
    // Before its first step a run that resumes can only fail for its checkpoint, or for what fails without it as well.
    if (resume === undefined || started || !(error instanceof InputError)) throw error;
    report.note(`${store.checkpointPath(id)}: ${errorLine(error)}; starting over`);
    store.dropCheckpoint(id);
    return attempt(undefined);
  }
}

/** Images per second over the last ten steps; null at the first call. */
function throughput(batch: number): () => number | null {
  const times: number[] = [];
  return () => {
    times.push(performance.now());
    if (times.length > 11) times.shift();
    const steps = times.length - 1;
    return steps < 1 ? null : (1000 * batch * steps) / (times[steps] - times[0]);
  };
}
