import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { realpathSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { processExists } from '../suite/lock.js';

/** What git prints. @throws what execFileSync throws. */
export function git(root: string, ...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

/** What git prints, or null where it fails. */
export function tried(root: string, ...args: readonly string[]): string | null {
  try {
    return git(root, ...args);
  } catch {
    return null;
  }
}

/** The folder of a worktree says whose it is: the process and its machine, which may share the clone with others. */
const ownFolder = /^jembench-base-(\d+)-(.+)-[0-9a-f]{8}$/;

/**
 * Checks out a commit in the temporary folder, after what gates that are gone have left there was removed.
 *
 * The worktree is locked, so that nobody's `git worktree prune` takes it.
 */
export function addWorktree(clone: string, commit: string): string {
  removeAbandoned(clone);
  const name = `jembench-base-${process.pid}-${hostname()}-${randomBytes(4).toString('hex')}`;
  const root = join(realpathSync(tmpdir()), name);
  git(clone, 'worktree', 'add', '--detach', '--lock', root, commit);
  return root;
}

/** Removes a worktree, whatever state it is in. */
export function removeWorktree(clone: string, root: string): void {
  rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  tried(clone, 'worktree', 'unlock', root);
  tried(clone, 'worktree', 'prune');
}

/** Worktrees of this clone whose gate ran on this machine and runs no more: it was killed. */
function removeAbandoned(clone: string): void {
  const listed = git(clone, 'worktree', 'list', '--porcelain').split('\n');
  for (const line of listed) {
    if (!line.startsWith('worktree ')) continue;
    const root = line.slice('worktree '.length);
    const [, pid, host] = ownFolder.exec(basename(root)) ?? [];
    if (host === hostname() && !processExists(Number(pid))) removeWorktree(clone, root);
  }
}
