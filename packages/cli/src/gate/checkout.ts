import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '@jembench/core';
import { git, tried } from './worktree.js';

/** The clone that this command runs from. */
export const headRoot = fileURLToPath(new URL('../../../..', import.meta.url));

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
