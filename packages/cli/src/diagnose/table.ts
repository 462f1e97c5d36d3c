import { parse } from 'csv-parse/sync';
import { InputError } from '@jembench/core';

/** Embeddings with or without labels. */
export interface Embeddings {
  readonly data: Float64Array;
  readonly rows: number;
  readonly columns: number;
  /** Class indices, numbered in the order of their first row; null without labels. */
  readonly labels: Int32Array | null;
  readonly classes: readonly string[];
}

/** Numbers the distinct labels in the order of their first appearance. */
export function numbered(labels: readonly string[]): { labels: Int32Array; classes: string[] } {
  const index = new Map<string, number>();
  for (const label of labels) if (!index.has(label)) index.set(label, index.size);
  return { labels: Int32Array.from(labels, (label) => index.get(label) ?? 0), classes: [...index.keys()] };
}

const numeric = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const special: Readonly<Record<string, number>> = {
  nan: NaN,
  inf: Infinity,
  '+inf': Infinity,
  '-inf': -Infinity,
  infinity: Infinity,
  '-infinity': -Infinity,
};

function toNumber(cell: string): number | null {
  const text = cell.trim();
  if (numeric.test(text)) return Number(text);
  return special[text.toLowerCase()] ?? null;
}

/**
 * Embeddings from CSV: a row a sample, a column a dimension. A first line with a cell that is no number is the header.
 *
 * @param labelColumn the name (needs a header) or the number, from 1, of the column that holds labels; null when there is none. A header
 *   with a column called `label` or `class` names it by itself.
 * @throws InputError naming line and column of a cell that is no number, lines of different lengths, no rows.
 */
export function parseCsv(text: string, where: string, labelColumn: string | null): Embeddings {
  const records = readRecords(text, where);
  const [first] = records;
  if (first === undefined) throw new InputError(`${where}: rows, got none, wanted one a sample`);
  const at = /^\d+$/.test(labelColumn ?? '') ? Number(labelColumn) - 1 : null;
  const hasHeader = first.cells.some((cell, i) => i !== at && toNumber(cell) === null);
  const label = labelIndex(hasHeader ? first.cells : null, first.cells.length, labelColumn, where);
  const body = hasHeader ? records.slice(1) : records;
  if (body.length === 0) throw new InputError(`${where}: rows, got only a header, wanted one a sample`);

  const width = first.cells.length - (label === null ? 0 : 1);
  const data = new Float64Array(body.length * width);
  const names: string[] = [];
  for (const [row, { cells, line }] of body.entries()) {
    let column = 0;
    for (const [i, cell] of cells.entries()) {
      if (i === label) {
        names.push(cell.trim());
        continue;
      }
      const value = toNumber(cell);
      if (value === null) throw new InputError(`${where}:${line}: column ${i + 1}, got "${cell}", wanted a number`);
      data[row * width + column++] = value;
    }
  }
  const classes = label === null ? { labels: null, classes: [] } : numbered(names);
  return { data, rows: body.length, columns: width, ...classes };
}

function readRecords(text: string, where: string): { cells: string[]; line: number }[] {
  try {
    const parsed = parse(text, { bom: true, skip_empty_lines: true, info: true, trim: true }) as unknown as {
      record: string[];
      info: { lines: number };
    }[];
    return parsed.map(({ record, info }) => ({ cells: record, line: info.lines }));
  } catch (error) {
    throw new InputError(
      `${where}: CSV, got ${error instanceof Error ? error.message : String(error)}, wanted lines of equal length`,
    );
  }
}

function labelIndex(
  header: readonly string[] | null,
  width: number,
  wanted: string | null,
  where: string,
): number | null {
  if (wanted === null) {
    const found = header?.findIndex((name) => /^(labels?|class(es)?)$/i.test(name.trim())) ?? -1;
    return found < 0 ? null : found;
  }
  const byName = header?.findIndex((name) => name.trim() === wanted) ?? -1;
  const byNumber = /^\d+$/.test(wanted) ? Number(wanted) - 1 : -1;
  const index = byName >= 0 ? byName : byNumber;
  if (index >= 0 && index < width) return index;
  const names = header === null ? `a number from 1 to ${width} (there is no header)` : `one of ${header.join(', ')}`;
  throw new InputError(`${where}: label column, got "${wanted}", wanted ${names}`);
}
