import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { InputError } from '@jembench/core';
import { readArchive } from './archive.js';
import { errorCode, fileError } from './file-errors.js';

/** A file of a data set, uncompressed, and where it was found. */
export interface OriginalFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Reads a file by its published name; undefined where there is none. */
export type OriginalFiles = (file: string) => Promise<OriginalFile | undefined>;

/**
 * The files of a published set in a folder of the user's: at its top or in one of the customary subfolders, plain or gzip, or in the archive.
 *
 * @param names all file names of the set.
 * @throws InputError when the folder is not there or a file cannot be read.
 */
export async function originalFiles(
  where: string,
  dataDir: string,
  folders: readonly string[],
  archives: readonly string[],
  names: ReadonlySet<string>,
): Promise<OriginalFiles> {
  const info = await stat(dataDir).catch((error: unknown) => {
    throw fileError(where, 'read data folder', dataDir, error);
  });
  if (!info.isDirectory())
    throw new InputError(`${where}: data folder, got ${dataDir}, a file, wanted the folder with the original files`);
  const places = [dataDir, ...folders.map((folder) => join(dataDir, folder))];
  const unpacked = new Map<string, Promise<Map<string, Uint8Array>>>();
  return async (file) => {
    for (const place of places) {
      for (const suffix of ['', '.gz']) {
        const path = join(place, file + suffix);
        const bytes = await readIfThere(where, path);
        if (bytes) return { path, bytes: await inflate(where, path, bytes) };
      }
    }
    for (const place of places) {
      for (const archive of archives) {
        const path = join(place, archive);
        if (!(await isThere(path))) continue;
        let files = unpacked.get(path);
        if (!files) unpacked.set(path, (files = readArchive(where, path, names)));
        const bytes = (await files).get(file);
        if (bytes) return { path: `${path}:${file}`, bytes };
      }
    }
    return undefined;
  };
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isFile(),
    () => false,
  );
}

async function readIfThere(where: string, path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return undefined;
    throw fileError(where, 'read', path, error);
  }
}

/** By content, not by name: browsers unpack `.gz` files and keep the name, and the other way round. */
async function inflate(where: string, path: string, bytes: Uint8Array): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return await promisify(gunzip)(bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(
      `${where}: ${path}, got "${reason}", wanted a whole gzip file; the file is truncated or damaged: fetch it again`,
      {
        cause: error,
      },
    );
  }
}
