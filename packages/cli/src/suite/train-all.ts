import { InputError, type Dataset } from '@jembench/core';
import { checkedRow, type Row, type TrainingRow } from '@jembench/harness';
import { trainingCode } from '../environment/code-hash.js';
import type { JobEnd } from '../hosts/host.js';
import { hostNamed, type OpenHosts } from '../hosts/open.js';
import { rowContext } from '../jobs/environment.js';
import { runLabel, type JobContext, type RunSpec } from '../jobs/job.js';
import { preparedRun, type PreparedRun } from '../jobs/prepare.js';
import { trainingDraft } from '../jobs/training-row.js';
import type { ProgressView } from '../output/progress.js';
import { Estimate } from './estimate.js';
import { encoderOf } from './model-file.js';
import { expectedCost } from './plan.js';
import { runPool } from './pool.js';
import type { Store } from './store.js';

/** How the runs of a suite are worked through. */
export interface TrainingSetting {
  readonly jobs: number;
  readonly checkpointSeconds: number;
  /** A folder for the trained model, or null. */
  readonly save: string | null;
  readonly context: JobContext;
}

interface Entry {
  readonly spec: RunSpec;
  readonly prepared: PreparedRun;
}

/**
 * Runs what has no result in the store yet, `jobs` at a time, and returns the rows of all runs in the order given.
 *
 * A result that is there and whole is taken as it is; one that is damaged is told and made again. A run that fails becomes a row of
 * status `failed`, which is not kept: the same command tries it again. Where `stop` fires, runs without a result are missing.
 *
 * @param usable whether a result that is there will do; by default every one.
 */
export async function trainAll(
  specs: readonly RunSpec[],
  dataset: Dataset,
  hosts: OpenHosts,
  setting: TrainingSetting,
  store: Store,
  view: ProgressView,
  stop: AbortSignal,
  usable: (row: Row) => boolean = () => true,
): Promise<Row[]> {
  const code = trainingCode();
  const entries = distinctEntries(specs, dataset, hosts, code);
  const rows = new Map<string, Row>();
  for (const { prepared } of entries.values()) {
    const { kept, problem } = store.run(prepared.id);
    if (problem !== null) view.note(`${problem}; running it again`);
    if (kept !== null && usable(kept)) rows.set(prepared.id, kept);
  }
  if (rows.size > 0) view.note(`${rows.size} of ${entries.size} runs are there already`);

  const failed = ({ spec, prepared }: Entry, reason: string): Row => {
    const draft: TrainingRow = trainingDraft(
      spec,
      prepared,
      dataset,
      rowContext(hostNamed(hosts, spec.host).setup, setting.context),
    );
    return checkedRow({ ...draft, status: 'failed', reason });
  };
  const missing = [...entries.values()]
    .filter(({ prepared }) => !rows.has(prepared.id))
    .sort((a, b) => expectedCost(b.spec) - expectedCost(a.spec));
  const estimate = new Estimate(setting.jobs);
  for (const { spec, prepared } of missing) {
    // Probing and diagnosis take about as long as an epoch.
    estimate.add(prepared.id, `${spec.host} ${spec.method} ${spec.encoder}`, expectedCost(spec) + 1);
  }
  const overall = (): void => {
    view.overall(rows.size, entries.size, estimate.secondsLeft());
  };

  const onEnd = (entry: Entry, end: JobEnd): void => {
    const { id } = entry.prepared;
    const label = runLabel(entry.spec);
    estimate.ended(id);
    if (end.how === 'stopped') {
      view.ended(id, `${label}: stopped`);
      return;
    }
    const result = end.how === 'failed' ? { kept: null, problem: end.reason } : store.run(id);
    const row = result.kept ?? failed(entry, result.problem ?? 'worker: result, got none, wanted one in the store');
    rows.set(id, row);
    view.ended(id, `${label}: ${outcome(row)}`);
    overall();
  };
  await runPool(
    missing.map(({ spec, prepared }) => ({
      id: prepared.id,
      host: hostNamed(hosts, spec.host).host,
      job: { kind: 'training', run: spec, runId: prepared.id, code, folder: store.folder, ...setting },
    })),
    setting.jobs,
    {
      started: (id) => {
        const entry = entries.get(id);
        if (entry === undefined) return;
        estimate.started(id);
        view.started(id, runLabel(entry.spec));
      },
      progress: (id, progress) => {
        estimate.progress(id, progress.step, progress.steps);
        view.progress(id, progress);
        overall();
      },
      note: (_, text) => {
        view.note(text);
      },
      row: () => undefined,
      ended: (id, end) => {
        const entry = entries.get(id);
        if (entry !== undefined) onEnd(entry, end);
      },
    },
    stop,
  );
  return [...entries.keys()].map((id) => rows.get(id)).filter((row) => row !== undefined);
}

/** The identities of runs, in their order. */
export const runIds = (specs: readonly RunSpec[], dataset: Dataset, hosts: OpenHosts): string[] => [
  ...distinctEntries(specs, dataset, hosts, trainingCode()).keys(),
];

/** Runs by identity: two that are the same run (a setting that changes nothing) run once. */
function distinctEntries(
  specs: readonly RunSpec[],
  dataset: Dataset,
  hosts: OpenHosts,
  code: string,
): ReadonlyMap<string, Entry> {
  for (const { batch } of specs) {
    if (batch > dataset.train.count) {
      throw new InputError(
        `--batch: images a step, got ${batch}, wanted at most ${dataset.train.count}, the training images of ${dataset.name}`,
      );
    }
  }
  const entries = specs.map((spec) => ({
    spec,
    prepared: preparedRun(spec, dataset, hostNamed(hosts, spec.host).setup, code, encoderOf(spec.encoder)),
  }));
  return new Map(entries.map((entry) => [entry.prepared.id, entry]));
}

/** `kNN 52.3 %, healthy`, or why it failed. */
function outcome(row: Row): string {
  if (row.status !== 'ok') return `${row.status}: ${row.reason ?? ''}`;
  if (row.kind !== 'training') return 'done';
  return `kNN ${row.knn === null ? '-' : `${row.knn.toFixed(1)} %`}, ${row.verdict ?? '-'}`;
}
