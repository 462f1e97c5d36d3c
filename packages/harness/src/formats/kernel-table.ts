import { stringify } from 'csv-stringify/sync';
import { sizesText } from '../rows/name.js';
import type { KernelRow, StepRow } from '../rows/schema.js';
import { compact } from './numbers.js';
import { ratioColumns, ratioFields } from './ratio-columns.js';
import type { TextTable } from './table.js';
import { groupedBy } from '../grouped.js';

type TimedRow = KernelRow | StepRow;

/** Columns that say what was timed: a header, and a row's cell. */
type Lead<R> = readonly (readonly [header: string, cell: (row: R) => string])[];

const interval = (row: TimedRow): string =>
  row.low === null || row.high === null ? '-' : `${compact(row.low)}-${compact(row.high)}`;

const figures: Lead<TimedRow> = [
  ['ms', ({ ms }) => compact(ms)],
  ['95 % interval', interval],
  ['GFLOP/s', ({ gflops }) => compact(gflops)],
  ['GB/s', ({ gbps }) => compact(gbps)],
  ['of ceiling', ({ shareOfCeiling: share }) => (share === null ? '-' : `${(100 * share).toFixed(0)} %`)],
  ['kernels', ({ launches }) => (launches === undefined ? '-' : String(launches))],
  ['MB', ({ allocatedBytes: bytes }) => (bytes === undefined ? '-' : compact(bytes / 1e6))],
  ['leaked', ({ leakedTensors }) => (leakedTensors === undefined ? '-' : String(leakedTensors))],
];

/** The timings, a line a row; a row that is not `ok` says why. */
function timingTable<R extends TimedRow>(rows: readonly R[], title: string, lead: Lead<R>): TextTable {
  const ratios = ratioColumns(rows);
  return {
    title,
    columns: [
      ...lead.map(([header]) => ({ header, align: 'left' }) as const),
      ...figures.map(([header]) => ({ header, align: 'right' }) as const),
      ...ratios.columns,
      { header: 'status', align: 'left' },
    ],
    rows: rows.map((row) => [
      ...lead.map(([, cell]) => cell(row)),
      ...figures.map(([, cell]) => cell(row)),
      ...ratios.cells(row),
      row.status === 'ok' ? 'ok' : `${row.status}: ${row.reason ?? ''}`,
    ]),
  };
}

/** A table for each host and backend, the peers that were timed beside it included; one that only looks like a GPU says so. */
function timingTables<R extends TimedRow>(rows: readonly R[], title: string, lead: Lead<R>): TextTable[] {
  if (rows.length === 0) return [];
  let beside = place(rows.find(({ host }) => host !== 'peer') ?? rows[0]);
  const placeOf = (row: R): string => (beside = row.host === 'peer' ? beside : place(row));
  return [...groupedBy(rows, placeOf)].map(([name, there]) => timingTable(there, `${title} · ${name}`, lead));
}

export const kernelTables = (rows: readonly KernelRow[]): TextTable[] =>
  timingTables(rows, 'Kernel timings', [
    ['kernel', ({ kernel }) => kernel],
    ['pass', ({ pass }) => pass],
    ['shape', ({ shape }) => sizesText(shape)],
    ['implementation', ({ implementation }) => implementation],
  ]);

export const stepTables = (rows: readonly StepRow[]): TextTable[] =>
  timingTables(rows, 'Training steps', [
    ['step', ({ step }) => step],
    ['images', ({ shape }) => sizesText(shape)],
    ['implementation', ({ implementation }) => implementation],
    ['images/s', ({ imagesPerSecond }) => compact(imagesPerSecond)],
  ]);

function place({ host, backend, fingerprint: { adapter, software } }: TimedRow): string {
  const device = adapter === null ? '' : ` · ${adapter}${software ? ' (software, no GPU)' : ''}`;
  return `${host} · ${backend}${device}`;
}

/** The same for a spreadsheet. */
export function kernelCsv(rows: readonly KernelRow[]): string {
  const fields =
    'host backend build implementation ms low high samples gflops gbps shareOfCeiling bytes allocatedBytes launches leakedTensors leakedBytes status reason';
  const ratios = ratioFields(rows);
  return stringify(
    rows.map((row) => ({
      kernel: row.kernel,
      pass: row.pass,
      shape: sizesText(row.shape),
      ...Object.fromEntries(fields.split(' ').map((field) => [field, row[field] ?? ''])),
      ...ratios(row),
    })),
    { header: true },
  );
}
