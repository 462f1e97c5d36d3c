import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import envPaths from 'env-paths';
import { lock } from 'proper-lockfile';
import { readArchive } from './archive.js';
import { download, type DownloadOptions } from './download.js';
import { errorCode, fileError } from './file-errors.js';
import type { Download, PublishedSource } from './published.js';

export function defaultCacheDir(): string {
  return join(envPaths('jembench', { suffix: '' }).cache, 'datasets');
}

/**
 * The folder with all files of a published set, downloaded if it is not there yet.
 *
 * Everything is fetched, checked and unpacked in `NAME.part`, which gets its name by one rename at the end: `NAME` is complete or absent.
 * A lock beside it makes a second process wait for the first.
 *
 * @throws InputError when the cache cannot be written or the download fails.
 */
export async function cachedFolder(
  name: string,
  source: Pick<PublishedSource, 'downloads'>,
  files: ReadonlySet<string>,
  cacheDir: string,
  options: DownloadOptions = {},
): Promise<string> {
  const folder = join(cacheDir, name);
  if (await exists(name, folder)) return folder;
  await attempt(name, 'create', cacheDir, () => mkdir(cacheDir, { recursive: true }));
  const compromised = new AbortController();
  const release = await acquire(name, folder, compromised, options);
  try {
    if (await exists(name, folder)) return folder;
    const signals = [compromised.signal, ...(options.signal ? [options.signal] : [])];
    await fill(name, source.downloads, files, folder, { ...options, signal: AbortSignal.any(signals) });
    return folder;
  } finally {
    await release().catch(() => undefined);
  }
}

async function fill(
  name: string,
  downloads: readonly Download[],
  files: ReadonlySet<string>,
  folder: string,
  options: DownloadOptions,
): Promise<void> {
  const stage = `${folder}.part`;
  await attempt(name, 'create', stage, () => mkdir(stage, { recursive: true }));
  for (const source of downloads) {
    const path = join(stage, source.file);
    if (await exists(name, path)) continue;
    await download(name, source, path, options);
  }
  for (const { file, bytes } of downloads.filter((source) => source.file.endsWith('.tar.gz'))) {
    const archive = join(stage, file);
    options.onProgress?.({ phase: 'unpack', file, done: 0, total: bytes });
    for (const [entry, content] of await readArchive(name, archive, files)) {
      options.signal?.throwIfAborted();
      const path = join(stage, entry);
      await attempt(name, 'write', path, () => writeFile(path, content, { flush: true }));
    }
    options.onProgress?.({ phase: 'unpack', file, done: bytes, total: bytes });
    await attempt(name, 'delete', archive, () => rm(archive));
  }
  await attempt(name, 'rename', stage, () => rename(stage, folder));
}

/** Waits until no other process fills this folder. */
async function acquire(
  name: string,
  folder: string,
  compromised: AbortController,
  options: DownloadOptions,
): Promise<() => Promise<void>> {
  for (;;) {
    options.signal?.throwIfAborted();
    try {
      return await lock(folder, {
        realpath: false,
        lockfilePath: `${folder}.lock`,
        onCompromised: (error) => {
          compromised.abort(error);
        },
      });
    } catch (error) {
      if (errorCode(error) !== 'ELOCKED') throw fileError(name, 'lock', `${folder}.lock`, error);
      options.onProgress?.({ phase: 'wait', file: folder, done: 0, total: 1 });
      await sleep(250, undefined, { signal: options.signal });
    }
  }
}

async function exists(name: string, path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw fileError(name, 'read', path, error);
  }
}

async function attempt<T>(name: string, action: string, path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw fileError(name, action, path, error);
  }
}
