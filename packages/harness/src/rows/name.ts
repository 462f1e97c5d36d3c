import { canonicalHash, type Json } from '../identity.js';
import type { Row } from './schema.js';

/** `N=64 K=3000`, in the declaration's order. */
export const shapeText = (shape: Readonly<Record<string, number>>): string =>
  Object.entries(shape)
    .map(([name, size]) => `${name}=${size}`)
    .join(' ');

/** `64×3000`: the same for those who know the names. */
export const sizesText = (shape: Readonly<Record<string, number>>): string => Object.values(shape).join('×');

const place = (row: Row): string => `${row.host} ${row.backend}`;

/** What a row is about, in words; two rows of one measurement with other options may have the same words. */
function words(row: Row, withSeed = true): string {
  switch (row.kind) {
    case 'training': {
      const control = row.control === undefined ? '' : ` (${row.control})`;
      const seed = withSeed ? ` seed ${row.seed}` : '';
      return `${row.method}${control} on ${row.dataset} ${row.encoder} ${row.epochs} epochs batch ${row.batch}${seed} ${place(row)}`;
    }
    case 'kernel':
      return `${row.kernel} ${row.pass} ${shapeText(row.shape)} ${row.implementation} ${place(row)}`;
    case 'step':
      return `${row.step} step ${shapeText(row.shape)} ${row.implementation} ${place(row)}`;
    case 'augmentation':
      return `${row.augmentation} ${row.shape ? `${shapeText(row.shape)} ` : ''}${row.implementation} ${place(row)}`;
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

/** The same for all seeds of a configuration. */
export const configurationKey = (row: Row): string => canonicalHash([row.kind, words(row, false), finer(row)]);

/**
 * A name for every row, in their order: its words, and where rows that measure something else have the same ones, the start of its key
 * (`vicreg on shapes ... [1f0c8a22]`).
 */
export const rowNames = (rows: readonly Row[]): string[] => distinct(rows, (row) => words(row), rowKey);

/** The same without seeds. */
export const configurationNames = (rows: readonly Row[]): string[] =>
  distinct(rows, (row) => words(row, false), configurationKey);

function distinct(rows: readonly Row[], nameOf: (row: Row) => string, keyOf: (row: Row) => string): string[] {
  const keys = new Map<string, Set<string>>();
  for (const row of rows) keys.set(nameOf(row), (keys.get(nameOf(row)) ?? new Set()).add(keyOf(row)));
  return rows.map((row) => {
    const name = nameOf(row);
    return (keys.get(name)?.size ?? 1) > 1 ? `${name} [${keyOf(row).slice(0, 8)}]` : name;
  });
}
