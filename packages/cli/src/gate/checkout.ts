import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { InputError } from '@jembench/core';
import { errorLine } from '../error-line.js';
import { ExitCode } from '../exit.js';
import { say } from '../output/stdout.js';

/** The clone that this command runs from. */
export const headRoot = fileURLToPath(new URL('../../../..', import.meta.url));

const signals = ['SIGINT', 'SIGTERM'] as const;

/** The merge base, built in a worktree of its own. */
export interface Base {
  readonly root: string;
  readonly commit: string;
  /** Files that differ between base and head. */
  readonly changed: readonly string[];
  remove(): void;
}

function git(root: string, ...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

function tried(root: string, ...args: readonly string[]): string | null {
  try {
    return git(root, ...args);
  } catch {
    return null;
  }
}

/**
 * The commit that is checked out, without changes on top.
 *
 * @throws InputError outside a clone, and for a dirty one.
 */
export function cleanHead(allowDirty: boolean, root = headRoot): string {
  if (tried(root, 'rev-parse', '--git-dir') === null || !existsSync(join(root, 'nx.json'))) {
    throw new InputError('gate: repository, got none, wanted to run from a clone of jembench with git');
  }
  if (!allowDirty && git(root, 'status', '--porcelain', '--untracked-files=no') !== '') {
    throw new InputError(
      'gate: worktree, got changes that are not committed, wanted none; commit them, or give --dirty',
    );
  }
  return git(root, 'rev-parse', 'HEAD');
}

/**
 * The commit to compare with: where `ref` and the head parted.
 *
 * @throws InputError outside a clone, for a dirty one, an unknown ref, a shallow clone, and for no common ancestor.
 */
export function mergeBase(ref: string, allowDirty: boolean, root = headRoot): string {
  cleanHead(allowDirty, root);
  const commit = tried(root, 'rev-parse', '--verify', '--quiet', `${ref}^{commit}`);
  const shallow = git(root, 'rev-parse', '--is-shallow-repository') === 'true';
  const advice = shallow ? 'the clone is shallow: git fetch --unshallow' : 'git fetch, or another --base';
  if (commit === null) throw new InputError(`--base: commit, got "${ref}", which this clone does not have; ${advice}`);
  const base = tried(root, 'merge-base', commit, 'HEAD');
  if (base === null || base === '') {
    throw new InputError(`--base: common ancestor of ${ref} and HEAD, got none, wanted one; ${advice}`);
  }
  return base;
}

/**
 * Checks out a commit into a temporary worktree and builds it there, with the head's installed dependencies where the lock files agree.
 *
 * Ctrl-C and SIGTERM end the process, the worktree with it, until the base is removed.
 *
 * @throws InputError where it does not build.
 */
export function builtBase(commit: string, progress: (text: string) => void, from = headRoot): Base {
  const root = join(mkdtempSync(join(tmpdir(), 'jembench-base-')), 'base');
  const remove = (): void => {
    for (const signal of signals) process.off(signal, stopped);
    tried(from, 'worktree', 'remove', '--force', root);
  };
  const stopped = (): never => {
    remove();
    say('jembench: stopped');
    process.exit(ExitCode.interrupted);
  };
  for (const signal of signals) process.on(signal, stopped);
  git(from, 'worktree', 'prune'); // what a gate left that was killed
  git(from, 'worktree', 'add', '--detach', root, commit);
  try {
    progress(`building the base, ${commit.slice(0, 12)}`);
    installed(from, root);
    const node = (args: readonly string[], cwd: string): void =>
      void execFileSync(process.execPath, args, { cwd, encoding: 'utf8', stdio: 'pipe' });
    for (const name of readdirSync(join(root, 'packages'))) {
      const folder = join(root, 'packages', name);
      if (existsSync(join(folder, 'build.mjs'))) node(['build.mjs'], folder);
    }
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    node([tsc, '-b', join(root, 'packages', 'cli', 'tsconfig.build.json')], root);
  } catch (error) {
    remove();
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    const lines = stripVTControlCharacters(`${stdout}\n${stderr}`).split('\n');
    // What a compiler or Node calls an error, rather than the line of code that it quotes.
    const said = lines.find((line) => /^\w*Error: |error TS\d/.test(line)) ?? lines.find((line) => /error/i.test(line));
    throw new InputError(
      `gate: base ${commit.slice(0, 12)}, got one that does not build (${said?.trim() ?? errorLine(error)})`,
    );
  }
  return { root, commit, changed: git(from, 'diff', '--name-only', commit).split('\n').filter(Boolean), remove };
}

function installed(from: string, root: string): void {
  const lock = (of: string): string => readFileSync(join(of, 'package-lock.json'), 'utf8');
  if (lock(root) !== lock(from)) {
    execFileSync('npm', ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'], {
      cwd: root,
      encoding: 'utf8',
      stdio: 'pipe',
      shell: process.platform === 'win32',
    });
    return;
  }
  // Everything that others wrote is the head's; the house's own packages are the base's.
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
