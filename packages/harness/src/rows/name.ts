import { canonicalHash, type Json } from '../identity.js';
import type { Row } from './schema.js';

/** `N=64 K=3000`, in the declaration's order. */
const sizes = (shape: Readonly<Record<string, number>>): string =>
  Object.entries(shape)
    .map(([name, size]) => `${name}=${size}`)
    .join(' ');

const place = (row: Row): string => `${row.host} ${row.backend}`;

/** What a row is about, in words; two rows of one measurement with other options may have the same words. */
function words(row: Row): string {
  switch (row.kind) {
    case 'training': {
      const control = row.control === undefined ? '' : ` (${row.control})`;
      return `${row.method}${control} on ${row.dataset} ${row.encoder} ${row.epochs} epochs batch ${row.batch} seed ${row.seed} ${place(row)}`;
    }
    case 'kernel':
      return `${row.kernel} ${row.pass} ${sizes(row.shape)} ${row.implementation} ${place(row)}`;
    case 'step':
      return `${row.step} step ${sizes(row.shape)} ${row.implementation} ${place(row)}`;
    case 'augmentation':
      return `${row.augmentation} ${row.implementation} ${place(row)}`;
    case 'claim':
      return `claim ${row.claim}`;
    case 'gate':
      return row.benchmark;
  }
}

/** The figures that tell two measurements apart whose words are the same. */
const finer = (row: Row): Json => (row.kind === 'training' ? [row.datasetChecksum, row.options as Json] : null);

/**
 * Hash of what a row measures, without how it came out: rows with the same key on both sides of a comparison belong together.
 *
 * The code that ran (`commit`, `build`, `runId`) is no part of it: that is what comparisons are about.
 */
export const rowKey = (row: Row): string => canonicalHash([row.kind, words(row), finer(row)]);

/**
 * A name for every row, in their order: its words, and where rows that measure something else have the same ones, the start of its key
 * (`vicreg on shapes ... [1f0c8a22]`).
 */
export function rowNames(rows: readonly Row[]): string[] {
  const keysOf = new Map<string, Set<string>>();
  for (const row of rows) keysOf.set(words(row), (keysOf.get(words(row)) ?? new Set()).add(rowKey(row)));
  return rows.map((row) => {
    const name = words(row);
    return (keysOf.get(name)?.size ?? 1) > 1 ? `${name} [${rowKey(row).slice(0, 8)}]` : name;
  });
}
