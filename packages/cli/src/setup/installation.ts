import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultCacheDir } from '@jembench/datasets/node';
import { lock } from 'proper-lockfile';
import writeFileAtomic from 'write-file-atomic';
import type { Variant } from './recipe.js';

/** A TensorFlow that is set up: what its folder says about itself. */
export interface Installation {
  readonly folder: string;
  readonly version: string;
  readonly variant: Variant;
  readonly tfjsNode: string;
  /** Where it came from, and the SHA-256 of what came. */
  readonly sources: Readonly<Record<string, string>>;
}

/** All of TensorFlow's set-ups: `<name>/` is one, complete or absent; `current.json` says which is used. */
export const tensorflowFolder = (): string => join(dirname(defaultCacheDir()), 'tensorflow');

const manifest = 'installation.json';
const pointer = (home: string): string => join(home, 'current.json');

/** Where the binding of an installation is. */
export const bindingFile = 'tfjs-node/lib/tfjs_binding.node';

/** The one that is used; null where none is set up. */
export function currentInstallation(home = tensorflowFolder()): Installation | null {
  try {
    const { name } = JSON.parse(readFileSync(pointer(home), 'utf8')) as { name: string };
    return installation(join(home, name));
  } catch {
    return null;
  }
}

/** The one in a folder; null where it is not whole. */
export function installation(folder: string): Installation | null {
  try {
    const found = JSON.parse(readFileSync(join(folder, manifest), 'utf8')) as Omit<Installation, 'folder'>;
    return existsSync(join(folder, bindingFile)) ? { folder, ...found } : null;
  } catch {
    return null;
  }
}

export async function writeManifest(folder: string, found: Omit<Installation, 'folder'>): Promise<void> {
  await writeFileAtomic(join(folder, manifest), `${JSON.stringify(found, null, 2)}\n`);
}

/** Makes one the current one, and deletes the others. */
export async function makeCurrent(home: string, name: string): Promise<void> {
  await writeFileAtomic(pointer(home), `${JSON.stringify({ name })}\n`);
  await removeOthers(home, [name, 'current.json']);
}

/** Deletes what is in a home, but for these names: older set-ups, and what a killed one left behind. */
export async function removeOthers(home: string, names: readonly string[]): Promise<boolean> {
  const others = (await readdir(home)).filter((name) => !names.includes(name));
  for (const name of others) await rm(join(home, name), { recursive: true, force: true });
  return others.length > 0;
}

/** Runs `work` while no other process changes the home; the lock of a process that is gone is taken over after ten seconds. */
export async function alone<T>(home: string, stop: AbortSignal, waits: () => void, work: () => Promise<T>): Promise<T> {
  await mkdir(home, { recursive: true });
  let told = false;
  for (;;) {
    stop.throwIfAborted();
    try {
      const release = await lock(home, { lockfilePath: `${home}.lock` });
      try {
        return await work();
      } finally {
        await release().catch(() => undefined);
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
      if (!told) waits();
      told = true;
      await sleep(250, undefined, { signal: stop }).catch(() => undefined);
    }
  }
}
