import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { HarnessError } from '@jembench/harness';

/** The records of an append-only file. */
interface Records {
  readonly records: readonly { readonly value: unknown; readonly at: string }[];
  /** Where a writer was killed within its record. */
  readonly torn: readonly string[];
}

/**
 * Appends a record as a line of JSON.
 *
 * It goes to the end of the file in one write of its own, behind an empty line, and reaches the disk before this returns. Writers at the
 * same time follow one another (`O_APPEND`; a network file system may not keep this promise: let one process write there). A writer that
 * is killed within its write leaves a piece of a line, which the next record does not touch and readers tell from damage.
 *
 * @throws HarnessError where the disk took only a part.
 */
export function appendRecord(file: string, value: object): void {
  const record = Buffer.from(`\n${JSON.stringify(value)}\n`);
  const descriptor = openSync(file, 'a');
  try {
    const written = writeSync(descriptor, record);
    if (written < record.length) {
      throw new HarnessError(
        `${file}: record, got ${written} of ${record.length} bytes written; make room, then append again`,
      );
    }
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * All whole records, as parsed JSON.
 *
 * @param what a record is: `night`.
 * @throws HarnessError for damage other than a record whose writer was killed.
 */
export function readRecords(file: string, what: string): Records {
  const lines = readFileSync(file, 'utf8').split('\n');
  const records: { value: unknown; at: string }[] = [];
  const torn: string[] = [];
  for (const [i, line] of lines.entries()) {
    if (line === '') continue;
    const at = `${file}:${i + 1}`;
    const value = parsed(line);
    // A whole record ends its line and is followed by an empty one, or by the end of the file.
    const ended = i + 1 < lines.length && lines[i + 1] === '';
    if (value !== undefined) records.push({ value, at });
    else if (ended)
      throw new HarnessError(`${at}: ${what}, got a damaged line, wanted JSON; restore it from a copy, or delete it`);
    else torn.push(at);
  }
  return { records, torn };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
