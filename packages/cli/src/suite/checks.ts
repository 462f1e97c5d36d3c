import { compareRank, type RankedRun } from '@jembench/eval';
import { groupLabel, type KernelRow, type Row, type TrainingRow } from '@jembench/harness';
import { controls } from './controls.js';
import type { Profile } from './profiles.js';

/** Something that must hold, and whether it did. */
export interface Check {
  readonly name: string;
  readonly passed: boolean;
  readonly found: string;
}

/** Whether parsed JSON is a check. */
export function isCheck(value: unknown): value is Check {
  if (typeof value !== 'object' || value === null) return false;
  const { name, passed, found } = value as Partial<Check>;
  return typeof name === 'string' && typeof passed === 'boolean' && typeof found === 'string';
}

/** Rows that are not joint-embedding methods: they may collapse, and nothing is compared with the random encoder. */
const references = new Set(['random', 'raw-pixels', 'supervised']);

const on = ({ host }: Row): string => (host === 'node' ? '' : `, ${host}`);

const label = (row: TrainingRow): string =>
  `${groupLabel({ method: row.method, control: row.control ?? null })} seed ${row.seed}${on(row)}`;

/**
 * What must hold for the rows of a suite: everything ran, nothing collapsed that should not, what should collapse did.
 *
 * @param margin as in the profile; without one the runs are too short to be judged by more than their being finite.
 */
export function checksOf(rows: readonly Row[], margin: Profile['margin']): Check[] {
  const training = rows.filter((row) => row.kind === 'training');
  const kernels = rows.filter((row) => row.kind === 'kernel');
  return [
    ...training.flatMap((row) => trainingChecks(row, training, margin)),
    ...controlChecks(training),
    ...sameWeightsChecks(training),
    ...(kernels.length > 0 ? kernelChecks(kernels) : []),
  ];
}

function trainingChecks(row: TrainingRow, all: readonly TrainingRow[], margin: Profile['margin']): Check[] {
  if (row.status !== 'ok') {
    return [{ name: `${label(row)}: runs to its end`, passed: false, found: `${row.status}: ${row.reason ?? ''}` }];
  }
  if (row.control !== undefined || references.has(row.method)) return [];
  if (margin === null) {
    return [
      { name: `${label(row)}: stays finite`, passed: row.verdict !== 'diverged', found: row.verdict ?? 'no verdict' },
    ];
  }
  const collapse = {
    name: `${label(row)}: has not collapsed`,
    passed: row.verdict === 'healthy',
    found: row.verdict ?? 'no verdict',
  };
  return [collapse, ...aboveRandom(row, all, margin)];
}

/** Against the untrained encoder of the same kind and seed; without such a row there is nothing to say. */
function aboveRandom(row: TrainingRow, all: readonly TrainingRow[], margin: NonNullable<Profile['margin']>): Check[] {
  const random = all.find(
    (other) =>
      other.method === 'random' &&
      other.host === row.host &&
      other.status === 'ok' &&
      other.seed === row.seed &&
      other.encoder === row.encoder &&
      other.datasetChecksum === row.datasetChecksum,
  );
  if (random?.knn === undefined || random.knn === null) return [];
  const wanted = row.dataset !== 'shapes' ? 0 : row.method === 'data2vec' ? margin.data2vec : margin.usual;
  const above = (row.knn ?? 0) - random.knn;
  const by = wanted === 0 ? '' : ` by ${wanted} points`;
  return [
    {
      name: `${label(row)}: kNN above the random encoder${by}`,
      passed: wanted === 0 ? above > 0 : above >= wanted,
      found: `${(row.knn ?? 0).toFixed(1)} against ${random.knn.toFixed(1)}`,
    },
  ];
}

/** A control collapses to a point, or uses far fewer directions than the full method: on every seed. */
function controlChecks(all: readonly TrainingRow[]): Check[] {
  return controls.flatMap((control) => {
    const done = all.filter((row) => row.method === control.method && row.status === 'ok');
    const broken = done.filter((row) => row.control === control.name);
    if (broken.length === 0) return [];
    const name = groupLabel({ method: control.method, control: control.name });
    if (control.expected === 'type-1') {
      const found = broken.map((row) => row.verdict ?? 'no verdict');
      return [
        {
          name: `${name}: collapses to a point (type 1), as it should`,
          passed: found.every((verdict) => verdict === 'type-1'),
          found: found.join(', '),
        },
      ];
    }
    const whole = done.filter((row) => row.control === undefined && row.host === broken[0].host);
    return [
      { name: `${name}: loses directions against the full loss (type 2), as it should`, ...rankLoss(broken, whole) },
    ];
  });
}

/** On the same build of the wasm backend a browser and Node come to the same weights, to the bit. */
function sameWeightsChecks(all: readonly TrainingRow[]): Check[] {
  const run = ({
    method,
    control,
    options,
    datasetChecksum,
    encoder,
    seed,
    epochs,
    batch,
    backend,
    build,
  }: TrainingRow) =>
    JSON.stringify([method, control, options, datasetChecksum, encoder, seed, epochs, batch, backend, build]);
  const done = all.filter((row) => row.status === 'ok' && row.backend === 'wasm');
  return done
    .filter((row) => row.host === 'browser')
    .flatMap((row) => {
      const twin = done.find((other) => other.host === 'node' && run(other) === run(row));
      if (twin === undefined) return [];
      return [
        {
          name: `${label(row)}: the same weights in the browser as in Node`,
          passed: row.weightsHash === twin.weightsHash,
          found: `${String(row.weightsHash?.slice(0, 8))} and ${String(twin.weightsHash?.slice(0, 8))}`,
        },
      ];
    });
}

function rankLoss(broken: readonly TrainingRow[], whole: readonly TrainingRow[]): Pick<Check, 'passed' | 'found'> {
  if (whole.length === 0) return { passed: false, found: 'no run of the full loss to compare with' };
  const ranked = (row: TrainingRow): RankedRun => ({
    verdict: row.verdict ?? 'diverged',
    effectiveRank: row.effectiveRank,
    rankMe: row.rankMe,
    rankCap: row.rankCap ?? 0,
  });
  const { verdict, reasons } = compareRank(broken.map(ranked), whole.map(ranked));
  const ranks = (rows: readonly TrainingRow[]): string =>
    rows.map((row) => row.effectiveRank?.toFixed(1) ?? '-').join(', ');
  const passed = verdict === 'type-2';
  return {
    passed,
    found: `effective rank ${ranks(broken)} against ${ranks(whole)}${passed ? '' : `; ${reasons.join(' ')}`}`,
  };
}

function kernelChecks(rows: readonly KernelRow[]): Check[] {
  const failed = rows.filter((row) => row.status === 'failed');
  const leaking = rows.filter((row) => (row.leakedTensors ?? 0) !== 0 || (row.leakedBytes ?? 0) !== 0);
  const names = (some: readonly KernelRow[]): string =>
    some.map((row) => `${row.kernel} ${row.implementation}${on(row)}`).join(', ');
  return [
    {
      name: 'kernels: agree with their float64 references',
      passed: failed.length === 0,
      found: failed.length === 0 ? `${rows.length} timed or skipped` : names(failed),
    },
    {
      name: 'kernels: leave nothing behind',
      passed: leaking.length === 0,
      found: leaking.length === 0 ? '0 tensors, 0 bytes' : names(leaking),
    },
  ];
}
