import { stringify } from 'csv-stringify/sync';
import type { TrainingRow } from '../rows/schema.js';
import { compact, spread } from './numbers.js';
import type { TextTable } from './table.js';
import { groupVerdict, summary, summaryMetrics, trainingGroups, type TrainingGroup } from './training-summary.js';
import { groupedBy } from '../grouped.js';

const columns = [
  { header: 'method', align: 'left' },
  { header: 'encoder', align: 'left' },
  { header: 'seeds', align: 'right' },
  { header: 'kNN %', align: 'right' },
  { header: 'linear %', align: 'right' },
  { header: 'kNN proj %', align: 'right' },
  { header: 'linear proj %', align: 'right' },
  { header: 'std·√D', align: 'right' },
  { header: 'eff. rank', align: 'right' },
  { header: 'verdict', align: 'left' },
  { header: 'images/s', align: 'right' },
  { header: 'weights', align: 'left' },
] as const;

/** `vicreg`, or `vicreg (no variance term)` for a control. */
export const groupLabel = (group: Pick<TrainingGroup, 'method' | 'control'>): string =>
  group.control === null ? group.method : `${group.method} (${group.control})`;

const setting = (group: TrainingGroup): string =>
  `${group.dataset} · batch ${group.batch} · ${group.host} · ${group.backend}`;

/** The tables of a suite, one for each data set, batch size, host and backend; means with 95 % t intervals over the seeds. */
export function trainingTables(rows: readonly TrainingRow[]): TextTable[] {
  return [...groupedBy(trainingGroups(rows), setting)].map(([title, groups]) => ({
    title: `${title} · ${epochsOf(groups)}`,
    columns,
    rows: groups.map((group) => [
      groupLabel(group),
      group.encoder,
      `${group.rows.length}${group.failed.length > 0 ? ` (${group.failed.length} failed)` : ''}`,
      spread(summary(group, 'knn'), 1),
      spread(summary(group, 'linear'), 1),
      spread(summary(group, 'knnProjector'), 1),
      spread(summary(group, 'linearProjector'), 1),
      spread(summary(group, 'stdTimesSqrtD'), 2),
      spread(summary(group, 'effectiveRank'), 1),
      groupVerdict(group),
      compact(summary(group, 'imagesPerSecond')?.mean),
      group.rows.map((row) => row.weightsHash?.slice(0, 8) ?? '-').join(' ') || '-',
    ]),
  }));
}

/** Reference rows train for no epoch or for as many as the methods: the title names those that are trained. */
function epochsOf(groups: readonly TrainingGroup[]): string {
  const trained = [...new Set(groups.map((group) => group.epochs))].filter((epochs) => epochs > 0);
  return trained.length === 0 ? 'untrained' : `${trained.join('/')} epochs`;
}

/** The same figures for a spreadsheet: a line a configuration, means with the two ends of their interval, full hashes. */
export function trainingCsv(rows: readonly TrainingRow[]): string {
  const records = trainingGroups(rows).map((group) => ({
    method: group.method,
    control: group.control ?? '',
    dataset: group.dataset,
    encoder: group.encoder,
    epochs: group.epochs,
    batch: group.batch,
    host: group.host,
    backend: group.backend,
    build: group.build,
    seeds: [...group.rows, ...group.failed].map((row) => row.seed).join(' '),
    failed: group.failed.length,
    ...Object.fromEntries(
      summaryMetrics.flatMap((metric) => {
        const value = summary(group, metric);
        return [
          [metric, value?.mean ?? ''],
          [`${metric}Low`, value?.interval?.low ?? ''],
          [`${metric}High`, value?.interval?.high ?? ''],
        ];
      }),
    ),
    verdict: groupVerdict(group),
    weightsHash: group.rows.map((row) => row.weightsHash ?? '').join(' '),
  }));
  return stringify(records, { header: true });
}
