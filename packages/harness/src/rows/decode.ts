import { HarnessError } from '../errors.js';
import { rowSchema, rowSchemaVersion, type Row } from './schema.js';
import { versioned } from './versioned.js';

/**
 * A row from parsed JSON.
 *
 * @param where what to call it in an error, e.g. `rows.jsonl:12`.
 * @throws HarnessError for another schema version, an unknown kind, or a field that does not fit.
 */
export function decodeRow(value: unknown, where: string): Row {
  return versioned(rowSchema, rowSchemaVersion, 'row', value, where);
}

/**
 * The rows of a JSONL text, in order. Empty lines are allowed, an empty text is not: a report of nothing must not look like one.
 *
 * @throws HarnessError naming the line that is not JSON or not a row.
 */
export function decodeRows(text: string, where: string): Row[] {
  const rows: Row[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const at = `${where}:${index + 1}`;
    rows.push(decodeRow(parsed(line, at), at));
  }
  if (rows.length === 0) throw new HarnessError(`${where}: rows, got none, wanted at least one line of JSON`);
  return rows;
}

function parsed(line: string, at: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch (error) {
    throw new HarnessError(
      `${at}: line, got ${error instanceof Error ? error.message : String(error)}, wanted a JSON object`,
    );
  }
}
