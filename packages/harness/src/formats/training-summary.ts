import { canonicalHash, type Json } from '../identity.js';
import { mean } from '../statistics/samples.js';
import { meanInterval } from '../statistics/t.js';
import type { TrainingRow } from '../rows/schema.js';
import type { Summary } from './numbers.js';
import { groupedBy } from '../grouped.js';

/** The runs of one configuration, which differ in their seed only. */
export interface TrainingGroup {
  readonly method: string;
  readonly control: string | null;
  readonly dataset: string;
  readonly datasetChecksum: string;
  readonly encoder: string;
  readonly epochs: number;
  readonly batch: number;
  readonly host: string;
  readonly backend: string;
  readonly build: string;
  /** In seed order; rows that failed are counted apart. */
  readonly rows: readonly TrainingRow[];
  readonly failed: readonly TrainingRow[];
}

const groupKey = (row: TrainingRow): string =>
  canonicalHash([
    row.method,
    row.control ?? null,
    row.dataset,
    row.datasetChecksum,
    row.encoder,
    row.epochs,
    row.batch,
    row.host,
    row.backend,
    row.build,
    row.options as Json,
  ]);

/** Groups training rows by configuration, in the order of their first row. */
export function trainingGroups(rows: readonly TrainingRow[]): TrainingGroup[] {
  return [...groupedBy(rows, groupKey).values()].map((members) => {
    const { method, control, dataset, datasetChecksum, encoder, epochs, batch, host, backend, build } = members[0];
    const bySeed = [...members].sort((a, b) => a.seed - b.seed);
    return {
      ...{ method, control: control ?? null, dataset, datasetChecksum, encoder, epochs, batch, host, backend, build },
      rows: bySeed.filter((row) => row.status === 'ok'),
      failed: bySeed.filter((row) => row.status !== 'ok'),
    };
  });
}

/** The numeric fields of a training row that are averaged over seeds. */
export const summaryMetrics = [
  'knn',
  'linear',
  'knnProjector',
  'linearProjector',
  'stdTimesSqrtD',
  'effectiveRank',
  'rankMe',
  'imagesPerSecond',
  'msPerStep',
] as const;
export type SummaryMetric = (typeof summaryMetrics)[number];

/** Mean of a metric over the seeds that have it, with its 95 % t interval from two seeds on; null where none has it. */
export function summary(group: TrainingGroup, metric: SummaryMetric): Summary | null {
  const values = group.rows.map((row) => row[metric]).filter((value) => value !== null);
  if (values.length === 0) return null;
  return { mean: mean(values), interval: values.length < 2 ? null : meanInterval(values) };
}

/** `healthy`, or `healthy 2, type-1 1` where the seeds disagree. */
export function groupVerdict(group: TrainingGroup): string {
  const counts = new Map<string, number>();
  for (const row of group.rows) counts.set(row.verdict ?? '-', (counts.get(row.verdict ?? '-') ?? 0) + 1);
  const entries = [...counts];
  if (entries.length === 0) return '-';
  return entries.length === 1 ? entries[0][0] : entries.map(([verdict, n]) => `${verdict} ${n}`).join(', ');
}
