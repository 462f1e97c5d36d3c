import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { defaultCacheDir } from '@jembench/datasets/node';
import writeFileAtomic from 'write-file-atomic';
import { alone } from './alone.js';
import { checkSpace } from './disk.js';
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
async function removeOthers(home: string, names: readonly string[]): Promise<boolean> {
  const others = (await readdir(home)).filter((name) => !names.includes(name));
  for (const name of others) await rm(join(home, name), { recursive: true, force: true });
  return others.length > 0;
}

/** What {@link madeOnce} makes. */
interface Making<T> {
  /** What is there already, or null. */
  readonly there: () => T | null;
  /** Names in the home that stay; everything else is what a set-up that was killed, or an older one, left behind. */
  readonly kept: () => readonly string[];
  /** Room that the work takes for a moment, MB. */
  readonly disk: number;
  /** Makes it in a folder that is deleted afterwards, and moves it to its place as the last thing. */
  readonly make: (stage: string) => Promise<T>;
}

/** Finds something in a home, or makes it there, complete or not at all, while no other process does. */
export function madeOnce<T>(
  home: string,
  say: (line: string) => void,
  stop: AbortSignal,
  { there, kept, disk, make }: Making<T>,
): Promise<T> {
  const waits = (): void => {
    say('waiting for another set-up');
  };
  return alone(home, stop, waits, async () => {
    const found = there();
    if (found !== null) return found;
    await removeOthers(home, kept());
    await checkSpace(home, disk);
    const stage = mkdtempSync(join(home, 'part-'));
    try {
      return await make(stage);
    } finally {
      await rm(stage, { recursive: true, force: true });
    }
  });
}

/** Deletes a home with all that is in it. @returns false where there was nothing. */
export async function removeHome(home: string, stop: AbortSignal): Promise<boolean> {
  if (!existsSync(home)) return false;
  const removed = await alone(
    home,
    stop,
    () => undefined,
    () => removeOthers(home, []),
  );
  await rm(home, { recursive: true, force: true });
  return removed;
}
