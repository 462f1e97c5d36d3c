import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { InputError } from '@jembench/core';
import { createTarDecoder } from 'modern-tar';
import yauzl from 'yauzl';
import { errorLine, isSystemError } from '../error-line.js';

/** Where a file of an archive goes, as a path below the folder; null for what is not needed. */
export type Keep = (name: string) => string | null;

/**
 * Writes the plain files of an archive that are wanted into a folder; links and devices never become anything.
 *
 * @returns how many were written.
 * @throws InputError for an archive that is damaged, or names a path outside the folder.
 */
export async function unpack(archive: string, folder: string, keep: Keep): Promise<number> {
  try {
    return await (archive.endsWith('.whl') ? unzip : untar)(archive, folder, keep);
  } catch (error) {
    if (error instanceof InputError || isSystemError(error)) throw error;
    throw new InputError(`setup: ${archive}, got ${errorLine(error)}, wanted a whole archive; fetch it again`, {
      cause: error,
    });
  }
}

async function unzip(archive: string, folder: string, keep: Keep): Promise<number> {
  let count = 0;
  const zip = await yauzl.openPromise(archive, { lazyEntries: true, strictFileNames: true });
  try {
    for await (const entry of zip.eachEntry()) {
      const target = entry.fileName.endsWith('/') ? null : keep(entry.fileName);
      if (target === null) continue;
      await write(archive, await zip.openReadStreamPromise(entry), folder, target);
      count++;
    }
  } finally {
    zip.close();
  }
  return count;
}

async function untar(archive: string, folder: string, keep: Keep): Promise<number> {
  let count = 0;
  const bytes = Readable.toWeb(createReadStream(archive)) as ReadableStream<Uint8Array<ArrayBuffer>>;
  for await (const { header, body } of bytes
    .pipeThrough(new DecompressionStream('gzip'))
    .pipeThrough(createTarDecoder())) {
    const target = header.type === 'file' ? keep(header.name.replace(/^\.\//, '')) : null;
    if (target === null) {
      await body.cancel();
    } else {
      await write(archive, Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]), folder, target);
      count++;
    }
  }
  return count;
}

async function write(archive: string, content: Readable, folder: string, target: string): Promise<void> {
  const path = join(folder, target);
  const inside = relative(folder, path);
  if (inside === '' || inside.startsWith('..') || isAbsolute(inside) || isAbsolute(target) || target.includes('\\')) {
    content.destroy();
    throw new InputError(`setup: ${archive}, got the path ${JSON.stringify(target)}, wanted one inside the archive`);
  }
  await mkdir(dirname(path), { recursive: true });
  await pipeline(content, createWriteStream(path, { flags: 'wx' }));
}
