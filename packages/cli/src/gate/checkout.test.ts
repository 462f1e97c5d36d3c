import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { git } from '../fixtures/git.js';
import { mergeBase } from './checkout.js';
import { scratch } from '../fixtures/scratch.js';

const commit = (cwd: string, text: string): string => {
  writeFileSync(join(cwd, 'nx.json'), text);
  git(cwd, 'add', '.');
  git(cwd, 'commit', '-m', text);
  return git(cwd, 'rev-parse', 'HEAD');
};

describe('mergeBase', () => {
  const clone = scratch();
  git(clone, 'init', '-b', 'main');
  const fork = commit(clone, 'one');
  git(clone, 'switch', '-c', 'topic');
  commit(clone, 'two');
  git(clone, 'switch', 'main');
  commit(clone, 'three');
  git(clone, 'switch', 'topic');

  it('is where head and the other branch parted', () => {
    expect(mergeBase('main', false, clone)).toBe(fork);
  });

  it('says of a commit that is not there what to do', () => {
    expect(() => mergeBase('nowhere', false, clone)).toThrow(
      'got "nowhere", which this clone does not have; git fetch',
    );
    expect(() => mergeBase('--help', false, clone)).toThrow('--base: commit, got "--help"');
  });

  it('says that there is no common ancestor', () => {
    git(clone, 'switch', '--orphan', 'alone');
    commit(clone, 'four');
    expect(() => mergeBase('main', false, clone)).toThrow('common ancestor of main and HEAD, got none');
    git(clone, 'switch', 'topic');
  });

  it('says that a clone is shallow', () => {
    const shallow = join(scratch(), 'shallow');
    git(clone, 'clone', '--depth', '1', '--branch', 'topic', pathToFileURL(clone).href, shallow);
    expect(() => mergeBase(fork, false, shallow)).toThrow('the clone is shallow: git fetch --unshallow');
  });

  it('refuses a dirty worktree unless told otherwise', () => {
    writeFileSync(join(clone, 'nx.json'), 'changed');
    expect(() => mergeBase('main', false, clone)).toThrow('worktree, got changes that are not committed');
    expect(mergeBase('main', true, clone)).toBe(fork);
  });

  it('refuses a folder that is no clone', () => {
    expect(() => mergeBase('main', false, scratch())).toThrow('repository, got none');
  });
});
