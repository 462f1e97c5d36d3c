import { createReadStream } from 'node:fs';
import { posix } from 'node:path';
import { Readable } from 'node:stream';
import { InputError } from '@jembench/core';
import { createTarDecoder } from 'modern-tar';

/**
 * The plain files of a `.tar.gz` whose base names are among `names`, in memory: no path of the archive ever becomes a path of this machine.
 *
 * @throws InputError when the archive is damaged.
 */
export async function readArchive(
  where: string,
  path: string,
  names: ReadonlySet<string>,
): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  try {
    const bytes = Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array<ArrayBuffer>>;
    for await (const entry of bytes.pipeThrough(new DecompressionStream('gzip')).pipeThrough(createTarDecoder())) {
      const name = posix.basename(entry.header.name);
      if (entry.header.type === 'file' && names.has(name)) {
        files.set(name, new Uint8Array(await new Response(entry.body).arrayBuffer()));
      } else {
        await entry.body.cancel();
      }
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`${where}: archive ${path}, got "${reason}", wanted a whole .tar.gz; fetch it again`, {
      cause: error,
    });
  }
  return files;
}
