import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { files, tinyClone } from '../fixtures/clone.js';
import { git } from '../fixtures/git.js';
import { builtBase } from './base.js';

vi.setConfig({ testTimeout: 120_000 }); // compilers, on a machine that may have other work

const quiet = (): void => undefined;
const worktrees = (root: string): number => git(root, 'worktree', 'list').split('\n').length;

describe('a base', () => {
  it('is built in a worktree of its own, says what changed since, and leaves nothing', async () => {
    const { root, commit } = tinyClone();
    const first = commit(files('export const one = 1;'));
    commit(files('export const one = 2;'));
    const base = await builtBase(first, quiet, root);
    expect(base.changed).toEqual(['packages/cli/src/index.ts']);
    expect(existsSync(join(base.root, 'packages', 'cli', 'dist', 'index.js'))).toBe(true);
    expect(worktrees(root)).toBe(2);
    base.remove();
    expect(worktrees(root)).toBe(1);
    expect(existsSync(base.root)).toBe(false);
  });

  it('that does not compile is refused with what the compiler said', async () => {
    const { root, commit } = tinyClone();
    const broken = commit(files("export const one: number = 'two';"));
    await expect(builtBase(broken, quiet, root)).rejects.toThrow(
      /^gate: base [0-9a-f]{12}, got one that does not build \(.*TS2322: Type 'string'.*\)$/,
    );
    expect(worktrees(root)).toBe(1);
  });

  it('whose generator fails is refused with what it said', async () => {
    const { root, commit } = tinyClone();
    const broken = commit(files('export {};', "throw new Error('no kernels today');"));
    await expect(builtBase(broken, quiet, root)).rejects.toThrow(/does not build \(.*Error: no kernels today\)$/);
  });
});
