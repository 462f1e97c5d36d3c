import { HarnessError } from '../errors.js';
import { rowSchema, type Row } from './schema.js';
import { describeIssues } from './issues.js';

type NonFinite = NonNullable<Row['nonFinite']>;

const name = (value: number): NonFinite[string] => (Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity');

/**
 * The row as JSON may hold it: a figure at its top level that is not finite becomes null and is named in `nonFinite`.
 *
 * `JSON.stringify` alone writes null for NaN and forgets what it was. A non-finite number deeper down (an option, a fingerprint)
 * is never a result and is refused.
 */
function withoutNonFinite(draft: Row): Row {
  const row: Record<string, unknown> = { ...draft };
  const nonFinite: NonFinite = { ...draft.nonFinite };
  for (const [field, value] of Object.entries(row)) {
    if (typeof value === 'number' && !Number.isFinite(value)) {
      row[field] = null;
      nonFinite[field] = name(value);
    } else if (typeof value === 'object' && value !== null) {
      refuseNonFinite(value, field);
    }
  }
  if (Object.keys(nonFinite).length > 0) row.nonFinite = nonFinite;
  return row as Row;
}

function refuseNonFinite(value: object, path: string): void {
  for (const [key, child] of Object.entries(value) as [string, unknown][]) {
    if (typeof child === 'number' && !Number.isFinite(child)) {
      throw new HarnessError(`row: ${path}.${key}, got ${child}, wanted a finite number`);
    }
    if (typeof child === 'object' && child !== null) refuseNonFinite(child, `${path}.${key}`);
  }
}

/**
 * A checked row, ready for `JSON.stringify`.
 *
 * @throws HarnessError naming the field that does not fit the schema; a row of status `ok` cannot hide a figure that is not finite.
 */
export function checkedRow(draft: Row): Row {
  const result = rowSchema.safeParse(withoutNonFinite(draft));
  if (!result.success) throw new HarnessError(`row: ${describeIssues(result.error.issues)}`);
  return result.data;
}

/** One line of `rows.jsonl`, newline included. */
export function encodeRow(draft: Row): string {
  return `${JSON.stringify(checkedRow(draft))}\n`;
}
