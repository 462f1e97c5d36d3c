import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { decodeNight, HarnessError, machineKey, type Night } from '@jembench/harness';
import { appendRecord, readRecords } from '../rows/append-only.js';
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
 * Writers at the same time follow one another.
 *
 * @throws HarnessError where the file cannot be read as a history, or the disk took only a part.
 */
export function appendNight(folder: string, night: Night): boolean {
  makeFolder(folder);
  const file = historyFile(folder, night);
  const exists = statSync(file, { throwIfNoEntry: false }) !== undefined;
  if (exists && readHistory(file).nights.some(({ id }) => id === night.id)) return false;
  appendRecord(file, night);
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
  const { records, torn } = readRecords(file, 'night');
  const nights = new Map<string, Night>();
  const problems = torn.map(
    (at) => `${at}: a record that its writer did not finish is left out; append that night again`,
  );
  for (const { value, at } of records) {
    const night = decodeNight(value, at);
    if (nights.has(night.id)) problems.push(`${at}: a night that is there twice is counted once`);
    else nights.set(night.id, night);
  }
  if (nights.size === 0 && problems.length === 0) {
    throw new HarnessError(`${file}: nights, got none, wanted at least one; delete the file, or append to it`);
  }
  return { file, nights: [...nights.values()], problems };
}
