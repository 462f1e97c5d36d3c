import { InputError } from '@jembench/core';
import type { Json } from '@jembench/harness';
import type { Shard } from '../parse/numbers.js';
import type { Profile } from '../suite/profiles.js';
import { readSealed, writeSealed } from '../suite/sealed-json.js';

/** What a shard says of itself and of the whole that it is a part of. */
export interface Manifest {
  readonly shard: Shard;
  /** Identities of all runs of the whole suite, in its order. */
  readonly plan: readonly string[];
  /** Those of this shard. */
  readonly runs: readonly string[];
  readonly margin: Profile['margin'];
}

const version = 1;
const fileName = 'shard.json';

/** Written last, and whole: a shard without it has not finished. */
export async function writeManifest(path: (name: string) => string, manifest: Manifest): Promise<void> {
  await writeSealed(path(fileName), { schema: version, ...manifest } as unknown as Json);
}

/** @throws InputError for a folder that is no finished shard, and for a manifest of another version. */
export function readManifest(folder: string, path: string): Manifest {
  const content = readSealed(path) as { readonly schema?: unknown } | null;
  if (content === null) {
    throw new InputError(
      `${folder}: ${fileName}, got none, wanted a finished shard; start jembench suite --shard i/n --out ${folder} again`,
    );
  }
  if (content.schema !== version) {
    throw new InputError(`${path}: schema, got ${JSON.stringify(content.schema)}, wanted ${version}`);
  }
  // The seal has shown that it is as written.
  return content as unknown as Manifest;
}

export const manifestPath = (folder: string): string => `${folder}/${fileName}`;
