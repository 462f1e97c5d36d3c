import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { InputError } from '@jembench/core';
import writeFileAtomic from 'write-file-atomic';

interface Owner {
  readonly pid: number;
  readonly host: string;
  readonly token: string;
}

/** A folder that this process alone works in. */
export interface FolderLock {
  /** Gives the folder back. */
  release(): void;
}

const heartbeatMs = 2000;
/** A live owner touches its lock every two seconds; one that is silent for so long is gone, or its process number is another's now. */
const silentMs = 30_000;
/** Two that take over the same stale lock write one after the other; after this pause only the last one still finds its own token. */
const settleMs = 150;

/**
 * Locks a folder with the file `path` in it.
 *
 * A lock whose process no longer runs is taken over at once, so that a suite killed by `kill -9` goes on without waiting. Node offers
 * no lock of the operating system, and libraries judge staleness by age alone.
 *
 * @throws InputError when another process holds it.
 */
export async function lockFolder(path: string, lost: () => void): Promise<FolderLock> {
  const token = randomUUID();
  const mine = JSON.stringify({ pid: process.pid, host: hostname(), token } satisfies Owner);
  if (!created(path, mine)) {
    const owner = readOwner(path);
    if (owner !== null && isAlive(owner, path)) {
      throw new InputError(
        `${path}: folder, got one in use by process ${owner.pid} on ${owner.host}, wanted one that no other suite works in; ` +
          'wait for it, or give this one another --out',
      );
    }
    await writeFileAtomic(path, mine);
    await sleep(settleMs);
    if (readOwner(path)?.token !== token) {
      throw new InputError(`${path}: folder, got taken by another suite in this moment, wanted it free; try again`);
    }
  }
  const timer = setInterval(() => {
    if (readOwner(path)?.token === token) touch(path);
    else {
      clearInterval(timer);
      lost();
    }
  }, heartbeatMs);
  timer.unref();
  return {
    release() {
      clearInterval(timer);
      if (readOwner(path)?.token === token) rmSync(path, { force: true });
    },
  };
}

function created(path: string, content: string): boolean {
  try {
    writeFileSync(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function readOwner(path: string): Owner | null {
  try {
    const { pid, host, token } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Owner>;
    return typeof pid === 'number' && typeof host === 'string' && typeof token === 'string'
      ? { pid, host, token }
      : null;
  } catch {
    return null;
  }
}

function isAlive(owner: Owner, path: string): boolean {
  const silent = silence(path) > silentMs;
  if (owner.host !== hostname()) return !silent;
  return owner.pid !== process.pid && !silent && processExists(owner.pid);
}

function silence(path: string): number {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return Infinity;
  }
}

/** Whether a process of that number runs on this machine. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function touch(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // The next beat finds out whether the lock is lost.
  }
}
