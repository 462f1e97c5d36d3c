import { statfs } from 'node:fs/promises';
import { InputError } from '@jembench/core';

/** @throws InputError where the disk of a folder has less room than a set-up takes for a moment, in MB. */
export async function checkSpace(folder: string, wanted: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = Math.floor((bavail * bsize) / 1e6);
  if (free >= wanted) return;
  throw new InputError(
    `setup: ${folder}, got ${free} MB of free space, wanted ${wanted} MB; free some, or set XDG_CACHE_HOME to another disk`,
  );
}
