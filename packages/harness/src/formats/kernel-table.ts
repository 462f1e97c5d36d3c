import { stringify } from 'csv-stringify/sync';
import type { KernelRow } from '../rows/schema.js';
import { compact } from './numbers.js';
import { ratioColumns, ratioFields } from './ratio-columns.js';
import type { TextTable } from './table.js';
import { groupedBy } from '../grouped.js';

const columns = [
  { header: 'kernel', align: 'left' },
  { header: 'pass', align: 'left' },
  { header: 'shape', align: 'left' },
  { header: 'implementation', align: 'left' },
  { header: 'ms', align: 'right' },
  { header: '95 % interval', align: 'right' },
  { header: 'GFLOP/s', align: 'right' },
  { header: 'GB/s', align: 'right' },
  { header: 'of ceiling', align: 'right' },
  { header: 'kernels', align: 'right' },
  { header: 'MB', align: 'right' },
  { header: 'leaked', align: 'right' },
] as const;
const lastColumn = { header: 'status', align: 'left' } as const;

/** `256×2048`, sizes in the declaration's order. */
const shapeText = (shape: KernelRow['shape']): string => Object.values(shape).join('×');

const interval = (row: KernelRow): string =>
  row.low === null || row.high === null ? '-' : `${compact(row.low)}-${compact(row.high)}`;

/** The kernel timings, a line a row; a row that is not `ok` says why. */
function kernelTable(rows: readonly KernelRow[], title: string): TextTable {
  const ratios = ratioColumns(rows);
  return {
    title,
    columns: [...columns, ...ratios.columns, lastColumn],
    rows: rows.map((row) => [
      row.kernel,
      row.pass,
      shapeText(row.shape),
      row.implementation,
      compact(row.ms),
      interval(row),
      compact(row.gflops),
      compact(row.gbps),
      row.shareOfCeiling === null ? '-' : `${(100 * row.shareOfCeiling).toFixed(0)} %`,
      row.launches === undefined ? '-' : String(row.launches),
      row.allocatedBytes === undefined ? '-' : compact(row.allocatedBytes / 1e6),
      row.leakedTensors === undefined ? '-' : String(row.leakedTensors),
      ...ratios.cells(row),
      row.status === 'ok' ? 'ok' : `${row.status}: ${row.reason ?? ''}`,
    ]),
  };
}

/** A table for each host and backend, the peers that were timed beside it included; one that only looks like a GPU says so. */
export function kernelTables(rows: readonly KernelRow[]): TextTable[] {
  if (rows.length === 0) return [];
  let beside = place(rows.find(({ host }) => host !== 'peer') ?? rows[0]);
  const placeOf = (row: KernelRow): string => (beside = row.host === 'peer' ? beside : place(row));
  return [...groupedBy(rows, placeOf)].map(([name, there]) => kernelTable(there, `Kernel timings · ${name}`));
}

function place({ host, backend, fingerprint: { adapter, software } }: KernelRow): string {
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
      shape: shapeText(row.shape),
      ...Object.fromEntries(fields.split(' ').map((field) => [field, row[field] ?? ''])),
      ...ratios(row),
    })),
    { header: true },
  );
}
