import { checkedRow, type KernelRow, type StepRow } from '@jembench/harness';

/** A timing of a benchmark of this package as the step that it is of: images a second belong to it. */
export function stepRow(row: KernelRow): StepRow {
  const { kernel, ...rest } = row;
  const imagesPerSecond = row.ms === null ? null : (1000 * row.shape.N) / row.ms;
  return checkedRow({ ...rest, kind: 'step', step: kernel, imagesPerSecond }) as StepRow;
}
