import { InputError } from '@jembench/core';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseGoldenFile, type GoldenFile } from './format.js';

/** The copies that travel with this package (scripts/embed-golden.mjs makes them), so that tests need nothing from outside. */
export const embeddedDirectory = new URL('../../golden/', import.meta.url);

/**
 * The golden files of a folder, by name.
 *
 * @param source a folder with one `.json` (or `.json.gz`) per topic; other files in it are not looked at. `'embedded'` is the copy
 *   in this package (for a folder of that name, write `./embedded`).
 * @throws InputError for a folder that cannot be read or holds no such file, a file that is not a golden file (see
 *   `parseGoldenFile`), two files of one topic. Every file is read before the first is returned.
 */
export function readGoldenFiles(source: string): readonly GoldenFile[] {
  const directory = source === 'embedded' ? embeddedDirectory : source;
  const names = listed(directory, source);
  const files = names.map((name) => parseGoldenFile(content(directory, name), name));
  const seen = new Map<string, string>();
  for (const { topic, where } of files) {
    const other = seen.get(topic);
    if (other !== undefined) {
      throw new InputError(
        `golden ${source}: topic "${topic}", got it in ${other} and in ${where}, wanted one file per topic`,
      );
    }
    seen.set(topic, where);
  }
  return files;
}

function listed(directory: string | URL, source: string): readonly string[] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch (cause) {
    throw new InputError(
      `golden ${source}: folder, got ${(cause as Error).message}, wanted a folder that can be read`,
      { cause },
    );
  }
  const golden = names.filter((name) => /\.json(\.gz)?$/.test(name)).sort();
  if (golden.length === 0) {
    throw new InputError(
      `golden ${source}: files, got none that ends in .json, wanted one per topic (vicreg.json, ...)`,
    );
  }
  return golden;
}

function content(directory: string | URL, name: string): string {
  try {
    const bytes = readFileSync(typeof directory === 'string' ? join(directory, name) : new URL(name, directory));
    return new TextDecoder('utf-8', { fatal: true }).decode(name.endsWith('.gz') ? gunzipSync(bytes) : bytes);
  } catch (cause) {
    throw new InputError(`${name}: content, got ${(cause as Error).message}, wanted a readable file of text`, {
      cause,
    });
  }
}
