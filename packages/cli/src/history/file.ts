import { closeSync, fsyncSync, openSync, readdirSync, readFileSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { decodeNight, HarnessError, machineKey, type Night } from '@jembench/harness';
import { makeFolder } from '../suite/make-folder.js';

/** The nights of one machine, and what was wrong with the file without being in the way. */
export interface History {
  readonly file: string;
  readonly nights: readonly Night[];
  readonly problems: readonly string[];
}

const ending = '.jsonl';

/** The file of a machine's history. */
export const historyFile = (folder: string, night: Night): string =>
  join(folder, `${machineKey(night.fingerprint).slice(0, 16)}${ending}`);

/**
 * Appends a night to its machine's file; false where it is there already.
 *
 * A record goes to the end of the file in one write of its own, behind an empty line, and reaches the disk before this returns. Writers
 * at the same time follow one another (`O_APPEND`; a network file system may not keep this promise: let one process write there). A
 * writer that is killed within its write leaves a piece of a line, which the next record does not touch and readers tell from damage.
 *
 * @throws HarnessError where the file cannot be read as a history, or the disk took only a part.
 */
export function appendNight(folder: string, night: Night): boolean {
  makeFolder(folder);
  const file = historyFile(folder, night);
  const exists = statSync(file, { throwIfNoEntry: false }) !== undefined;
  if (exists && readHistory(file).nights.some(({ id }) => id === night.id)) return false;
  const record = Buffer.from(`\n${JSON.stringify(night)}\n`);
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
  return true;
}

/** The histories of a folder, a machine each. @throws HarnessError where there is none. */
export function readHistories(folder: string): History[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new HarnessError(
      `${folder}: history, got no such folder, wanted one that jembench history --add has written`,
    );
  }
  const files = readdirSync(folder).filter((name) => name.endsWith(ending));
  if (files.length === 0) {
    throw new HarnessError(`${folder}: history, got none, wanted a folder that jembench history --add has written`);
  }
  return files.sort().map((name) => readHistory(join(folder, name)));
}

/**
 * The nights of a file. A record torn by a killed writer is told and left out, as is one that two writers appended both; anything else
 * that is no night is damage.
 *
 * @throws HarnessError for damage, and for another schema.
 */
function readHistory(file: string): History {
  const lines = readFileSync(file, 'utf8').split('\n');
  const nights = new Map<string, Night>();
  const problems: string[] = [];
  for (const [i, line] of lines.entries()) {
    if (line === '') continue;
    const at = `${file}:${i + 1}`;
    const value = parsed(line);
    // A whole record ends its line and is followed by an empty one, or by the end of the file.
    const ended = i + 1 < lines.length && lines[i + 1] === '';
    if (value === undefined) {
      if (ended)
        throw new HarnessError(`${at}: night, got a damaged line, wanted JSON; restore it from a copy, or delete it`);
      problems.push(`${at}: a record that its writer did not finish is left out; append that night again`);
      continue;
    }
    const night = decodeNight(value, at);
    if (nights.has(night.id)) problems.push(`${at}: a night that is there twice is counted once`);
    else nights.set(night.id, night);
  }
  if (nights.size === 0 && problems.length === 0) {
    throw new HarnessError(`${file}: nights, got none, wanted at least one; delete the file, or append to it`);
  }
  return { file, nights: [...nights.values()], problems };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
