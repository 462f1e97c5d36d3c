import { existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { git } from '../fixtures/git.js';
import { builtBase } from './base.js';

vi.setConfig({ testTimeout: 120_000 }); // compilers, on a machine that may have other work

/** A clone with one package of one file, as much of the house as a build needs. */
function clone(): { root: string; commit: (source: string, builder?: string) => string } {
  const root = mkdtempSync(join(tmpdir(), 'jembench-base-test-'));
  const cli = join(root, 'packages', 'cli');
  mkdirSync(join(cli, 'src'), { recursive: true });
  mkdirSync(join(root, 'node_modules'));
  symlinkSync(
    dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
    join(root, 'node_modules', 'typescript'),
    'junction',
  );
  const options = { outDir: 'dist', rootDir: 'src', module: 'esnext', types: [], composite: true };
  writeFileSync(join(cli, 'tsconfig.build.json'), JSON.stringify({ compilerOptions: options, include: ['src'] }));
  writeFileSync(join(root, 'package-lock.json'), '{}');
  writeFileSync(join(root, '.gitignore'), 'node_modules\n');
  git(root, 'init', '-b', 'main');
  return {
    root,
    commit: (source, builder) => {
      writeFileSync(join(cli, 'src', 'index.ts'), source);
      if (builder !== undefined) writeFileSync(join(cli, 'build.mjs'), builder);
      git(root, 'add', '.');
      git(root, 'commit', '-m', 'x');
      return git(root, 'rev-parse', 'HEAD');
    },
  };
}
const quiet = (): void => undefined;
const worktrees = (root: string): number => git(root, 'worktree', 'list').split('\n').length;

describe('a base', () => {
  it('is built in a worktree of its own, says what changed since, and leaves nothing', async () => {
    const { root, commit } = clone();
    const first = commit('export const one = 1;');
    commit('export const one = 2;');
    const base = await builtBase(first, quiet, root);
    expect(base.changed).toEqual(['packages/cli/src/index.ts']);
    expect(existsSync(join(base.root, 'packages', 'cli', 'dist', 'index.js'))).toBe(true);
    expect(worktrees(root)).toBe(2);
    base.remove();
    expect(worktrees(root)).toBe(1);
    expect(existsSync(base.root)).toBe(false);
  });

  it('that does not compile is refused with what the compiler said', async () => {
    const { root, commit } = clone();
    const broken = commit("export const one: number = 'two';");
    await expect(builtBase(broken, quiet, root)).rejects.toThrow(
      /^gate: base [0-9a-f]{12}, got one that does not build \(.*TS2322: Type 'string'.*\)$/,
    );
    expect(worktrees(root)).toBe(1);
  });

  it('whose generator fails is refused with what it said', async () => {
    const { root, commit } = clone();
    const broken = commit('export {};', "throw new Error('no kernels today');");
    await expect(builtBase(broken, quiet, root)).rejects.toThrow(/does not build \(.*Error: no kernels today\)$/);
  });
});
