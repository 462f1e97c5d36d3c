import { stringify } from 'csv-stringify/sync';
import type { Row } from '../rows/schema.js';

/** Nested fields get dotted names (`fingerprint.cpu`, `shape.N`); lists become JSON. */
function flat(value: object, prefix = ''): Record<string, string | number | boolean> {
  const cells: Record<string, string | number | boolean> = {};
  for (const [name, field] of Object.entries(value) as [string, unknown][]) {
    const column = prefix + name;
    if (field === null || field === undefined) cells[column] = '';
    else if (Array.isArray(field)) cells[column] = JSON.stringify(field);
    else if (typeof field === 'object') Object.assign(cells, flat(field, `${column}.`));
    else cells[column] = field as string | number | boolean;
  }
  return cells;
}

/**
 * Every field of every row: one header with all columns that any row has, in the order of their first appearance; a field that a row
 * does not have, and one that is null, is an empty cell. Text that a spreadsheet would take for a formula is escaped with `'`.
 */
export function rowsCsv(rows: readonly Row[]): string {
  const records = rows.map((row) => flat(row));
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))];
  return stringify(records, {
    header: true,
    columns,
    escape_formulas: true,
    cast: { number: (value) => ({ value: String(value), escape_formulas: false }), boolean: (value) => String(value) },
  });
}
