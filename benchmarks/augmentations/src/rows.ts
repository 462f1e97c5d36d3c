import { checkedRow, ratioColumns, sizesText, type KernelRow, type Row } from '@jembench/harness';

export type AugmentationRow = Extract<Row, { kind: 'augmentation' }>;

/** The timing of a batch as the images a second that are published. */
export function augmentationRow(row: KernelRow): AugmentationRow {
  const { kernel, ms, low, high, ...rest } = row;
  const perSecond = (milliseconds: number | null): number | null =>
    milliseconds === null ? null : (1000 * row.shape.N) / milliseconds;
  return checkedRow({
    ...rest,
    kind: 'augmentation',
    augmentation: kernel,
    imagesPerSecond: perSecond(ms),
    low: perSecond(high),
    high: perSecond(low),
  }) as AugmentationRow;
}

const columns = [
  { header: 'view', align: 'left' },
  { header: 'images', align: 'left' },
  { header: 'implementation', align: 'left' },
  { header: 'images/s', align: 'right' },
  { header: '95 % interval', align: 'right' },
  { header: 'microseconds an image', align: 'right' },
] as const;

/** A line a row; a row that is not `ok` says why. */
export function augmentationTable(rows: readonly AugmentationRow[]) {
  const whole = (value: number | null | undefined): string => (typeof value === 'number' ? value.toFixed(0) : '-');
  const ratios = ratioColumns(rows);
  return {
    title: 'Augmentations, one core',
    columns: [...columns, ...ratios.columns, { header: 'status', align: 'left' } as const],
    rows: rows.map((row) => [
      row.augmentation,
      row.shape === undefined ? '-' : sizesText(row.shape),
      row.implementation,
      whole(row.imagesPerSecond),
      typeof row.low !== 'number' ? '-' : `${whole(row.low)}-${whole(row.high)}`,
      row.imagesPerSecond === null ? '-' : (1e6 / row.imagesPerSecond).toFixed(1),
      ...ratios.cells(row),
      row.status === 'ok' ? 'ok' : `${row.status}: ${row.reason ?? ''}`,
    ]),
  };
}
