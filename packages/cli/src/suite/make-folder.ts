import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and what is missing above it.
 *
 * Node's own recursive mkdir never returns where a file system answers that a folder's parent is missing although it is there (/proc).
 */
export function makeFolder(path: string): void {
  const missing: string[] = [];
  for (let at = resolve(path); !isThere(at); at = dirname(at)) missing.push(at);
  for (const folder of missing.reverse()) {
    try {
      mkdirSync(folder);
    } catch (error) {
      // Another process may have made it in between.
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}

/** @throws ENOTDIR and the like for what is in the way. */
const isThere = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;
