import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { InputError } from '@jembench/core';
import { Interrupted } from '../errors.js';
import { ExitCode } from '../exit.js';
import { say } from '../output/stdout.js';
import { buildFinding } from './build-finding.js';
import { headRoot } from './checkout.js';
import { addWorktree, git, removeWorktree } from './worktree.js';

const signals = ['SIGINT', 'SIGTERM'] as const;

/** The merge base, built in a worktree of its own. */
export interface Base {
  readonly root: string;
  readonly commit: string;
  /** Files that differ between base and head. */
  readonly changed: readonly string[];
  remove(): void;
}

/**
 * Checks out a commit into a temporary worktree and builds it there, with the head's installed dependencies where the lock files agree.
 *
 * Ctrl-C and SIGTERM end the process, the worktree with it, until the base is removed.
 *
 * @throws InputError where it does not build.
 */
export async function builtBase(
  commit: string,
  progress: (text: string) => void,
  from: string = headRoot,
): Promise<Base> {
  const stop = new AbortController();
  let root: string | null = null;
  const remove = (): void => {
    for (const signal of signals) process.off(signal, stopped);
    if (root !== null) removeWorktree(from, root);
  };
  const stopped = (): never => {
    stop.abort();
    remove();
    say('jembench: stopped');
    process.exit(ExitCode.interrupted);
  };
  for (const signal of signals) process.on(signal, stopped);
  try {
    root = addWorktree(from, commit);
    progress(`building the base, ${commit.slice(0, 12)}`);
    await build(from, root, stop.signal);
  } catch (error) {
    remove();
    throw buildError(commit, error);
  }
  return { root, commit, changed: git(from, 'diff', '--name-only', commit).split('\n').filter(Boolean), remove };
}

async function build(from: string, root: string, signal: AbortSignal): Promise<void> {
  const run = async (program: string, args: readonly string[], cwd: string): Promise<void> => {
    const shell = program === 'npm' && process.platform === 'win32';
    await promisify(execFile)(program, args, { cwd, signal, killSignal: 'SIGKILL', maxBuffer: 2 ** 28, shell });
  };
  const lock = (of: string): string => readFileSync(join(of, 'package-lock.json'), 'utf8');
  if (lock(root) === lock(from)) linkInstalled(from, root);
  else await run('npm', ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'], root);
  for (const name of readdirSync(join(root, 'packages'))) {
    const folder = join(root, 'packages', name);
    if (existsSync(join(folder, 'build.mjs'))) await run(process.execPath, ['build.mjs'], folder);
  }
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  await run(process.execPath, [tsc, '-b', join(root, 'packages', 'cli', 'tsconfig.build.json')], root);
}

function buildError(commit: string, error: unknown): Error {
  const { signal = null } = error as { signal?: NodeJS.Signals | null };
  // Ctrl-C reaches the compiler as well.
  if (signal === 'SIGINT' || signal === 'SIGTERM') return new Interrupted('stopped');
  return new InputError(`gate: base ${commit.slice(0, 12)}, got one that does not build (${buildFinding(error)})`);
}

/** Everything that others wrote is the head's; the house's own packages are the base's. */
function linkInstalled(from: string, root: string): void {
  linkAll(from, root, '.');
  for (const group of ['packages', 'benchmarks'].filter((folder) => existsSync(join(root, folder)))) {
    for (const name of readdirSync(join(root, group))) {
      const manifest = join(root, group, name, 'package.json');
      if (!existsSync(manifest)) continue;
      const { name: scoped } = JSON.parse(readFileSync(manifest, 'utf8')) as { name: string };
      mkdirSync(join(root, 'node_modules', '@jembench'), { recursive: true });
      symlinkSync(join(root, group, name), join(root, 'node_modules', scoped), 'junction');
      linkAll(from, root, join(group, name));
    }
  }
}

function linkAll(from: string, to: string, folder: string): void {
  const source = join(from, folder, 'node_modules');
  if (!existsSync(source)) return;
  mkdirSync(join(to, folder, 'node_modules'), { recursive: true });
  for (const name of readdirSync(source)) {
    if (name !== '@jembench' && !name.startsWith('.')) {
      symlinkSync(join(source, name), join(to, folder, 'node_modules', name), 'junction');
    }
  }
}
