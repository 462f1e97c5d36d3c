import { BackendError, InputError, useBackend, type Dataset } from '@jembench/core';
import { checkedRow, type Row, type TrainingRow } from '@jembench/harness';
import { evaluate, train, type TrainedRun } from '@jembench/trainers';
import { errorLine } from '../error-line.js';
import { checkpointHooks } from './checkpoint-hooks.js';
import { deviceWatch, type DeviceWatch } from './device-watch.js';
import { rowContext } from './environment.js';
import { runLabel, type TrainingJob } from './job.js';
import { preparedRun, type PreparedRun } from './prepare.js';
import type { JobReport } from './report.js';
import type { RunFiles, Site } from './site.js';
import { trainingDraft } from './training-row.js';

/**
 * One run from its first step, or its last checkpoint, to its row, which is kept; null when it was stopped on the way.
 *
 * @throws InputError when what it finds is not the run that the suite planned (a data set that changed in between).
 */
export async function trainAndScore(
  job: TrainingJob,
  site: Site,
  report: JobReport,
  stop: AbortSignal,
): Promise<Row | null> {
  const backend = await useBackend(job.run.backend, site.loadOptions);
  const { limits } = backend.description;
  if (limits !== undefined) throw new BackendError(`run: ${backend.name} cannot train here: ${limits}`);
  const device = deviceWatch(backend);
  const setup = { backend: backend.description, environment: site.environment };
  const dataset = await site.dataset(job, stop);
  const prepared = preparedRun(job.run, dataset, setup, job.code, site.encoder(job.run.encoder));
  if (prepared.id !== job.runId) {
    throw new InputError(
      `run: identity, got ${prepared.id.slice(0, 8)}, wanted ${job.runId.slice(0, 8)} as planned; ` +
        'the data set, the code or the backend changed under the suite; start it again',
    );
  }
  const files = site.files(job);
  const trained = await device.during(trainedOrStopped(job, prepared, dataset, { site, files, device }, report, stop));
  if (trained === null) return null;
  try {
    if (job.save !== null) await files.saveModel(trained);
    const draft = trainingDraft(job.run, prepared, dataset, rowContext(setup, job.context));
    const row = checkedRow({
      ...draft,
      jobs: job.jobs,
      ...(await device.during(figures(job, trained, dataset, report))),
    });
    await site.nextTurn();
    device.check();
    if (!(await files.keep(row))) return null;
    await files.dropCheckpoint();
    return row;
  } finally {
    trained.dispose();
  }
}

/** What the run came to. Pixels are only probed by their neighbours: a linear probe over thousands of them takes minutes. */
async function figures(
  job: TrainingJob,
  trained: TrainedRun,
  dataset: Dataset,
  report: JobReport,
): Promise<Partial<TrainingRow>> {
  const isPixels = job.run.method === 'raw-pixels';
  const steps = Math.max(trained.totalSteps, 1);
  const figures = await evaluate(trained, dataset, {
    linear: !isPixels,
    projector: !isPixels,
    onPhase: (phase) => {
      report.progress({ phase, step: steps, steps, loss: null, imagesPerSecond: null });
    },
  });
  const speed = trained.totalSteps > 0 ? {} : { imagesPerSecond: null, msPerStep: null };
  return { ...figures, verdictReasons: [...figures.verdictReasons], ...speed };
}

/** Trains from the run's checkpoint; one that cannot be used is told, and the run starts over. Null when it was stopped. */
async function trainedOrStopped(
  job: TrainingJob,
  { config, plan }: PreparedRun,
  dataset: Dataset,
  { site, files, device }: { site: Site; files: RunFiles; device: DeviceWatch },
  report: JobReport,
  stop: AbortSignal,
): Promise<TrainedRun | null> {
  const rate = throughput(plan.batch);
  let started = false;
  const attempt = async (resume: Uint8Array | undefined): Promise<TrainedRun | null> => {
    const hooks = checkpointHooks((state) => files.saveCheckpoint(state), job.checkpointSeconds, resume);
    const steps = train(config, dataset, hooks);
    for (;;) {
      const { done, value } = await steps.next();
      if (done) return value;
      const { step, totalSteps, loss } = value;
      if (!started && step > 0) report.note(`${runLabel(job.run)}: goes on from step ${step} of ${totalSteps}`);
      started = true;
      report.progress({
        ...{ phase: 'training', step: step + 1, steps: totalSteps },
        ...{ loss: Number.isFinite(loss) ? loss : null, imagesPerSecond: rate() },
      });
      await site.nextTurn(); // the suite's messages are read between two steps
      device.check();
      if (stop.aborted && hooks.savedOnDemand()) {
        await steps.return(undefined as never);
        return null;
      }
    }
  };

  const resume = (await files.checkpoint()) ?? undefined;
  try {
    return await attempt(resume);
  } catch (error) {
    // Before its first step a run that resumes can only fail for its checkpoint, or for what fails without it as well.
    if (resume === undefined || started || !(error instanceof InputError)) throw error;
    report.note(`${files.checkpointName}: ${errorLine(error)}; starting over`);
    await files.dropCheckpoint();
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
