import { readFileSync } from 'node:fs';
import { InputError } from '@jembench/core';
import { parseNpy } from './npy.js';
import { numbered, parseCsv, type Embeddings } from './table.js';

/** Where embeddings and their labels come from. */
export interface EmbeddingSource {
  readonly file: string;
  /** Of a CSV: name or number of its label column. */
  readonly labelColumn: string | null;
  /** A file of labels: `.npy` of one axis, or text with one a line. */
  readonly labels: string | null;
}

/** @throws InputError for a file that is neither NumPy nor CSV, is damaged, or does not fit its labels. */
export function readEmbeddings({ file, labelColumn, labels }: EmbeddingSource): Embeddings {
  const bytes = readFileSync(file);
  const isNpy = bytes[0] === 0x93;
  if (isNpy && labelColumn !== null) {
    throw new InputError(
      `${file}: --label-column, got one for a .npy file, wanted it for CSV alone; give --labels FILE instead`,
    );
  }
  if (!isNpy && !file.endsWith('.csv') && bytes.includes(0)) {
    throw new InputError(`${file}: file, got binary data that is no NumPy array, wanted .npy or CSV`);
  }
  const embeddings = isNpy ? fromNpy(bytes, file) : parseCsv(bytes.toString('utf8'), file, labelColumn);
  return labels === null ? embeddings : { ...embeddings, ...labelsOf(labels, embeddings.rows) };
}

function fromNpy(bytes: Uint8Array, file: string): Embeddings {
  const { shape, data } = parseNpy(bytes, file);
  if (shape.length !== 2) {
    throw new InputError(`${file}: shape, got (${shape.join(', ')},), wanted two axes: (samples, dimensions)`);
  }
  return { data, rows: shape[0], columns: shape[1], labels: null, classes: [] };
}

function labelsOf(file: string, rows: number): ReturnType<typeof numbered> {
  const bytes = readFileSync(file);
  const names = bytes[0] === 0x93 ? npyLabels(bytes, file) : textLabels(bytes.toString('utf8'));
  if (names.length === rows) return numbered(names);
  throw new InputError(`${file}: labels, got ${names.length}, wanted ${rows}, one for each row of the embeddings`);
}

function npyLabels(bytes: Uint8Array, file: string): string[] {
  const { shape, data } = parseNpy(bytes, file);
  if (shape.length === 2 && shape[1] !== 1) {
    throw new InputError(`${file}: shape, got (${shape.join(', ')}), wanted one axis of labels`);
  }
  return Array.from(data, String);
}

const textLabels = (text: string): string[] =>
  text
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => line.trim());
