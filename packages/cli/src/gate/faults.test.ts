/** What can be wrong with a clone, its code or its clock, by the real command in clones whose code is made up. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { decodeRows } from '@jembench/harness';
import { ensureBuilt } from '../fixtures/cli.js';
import { scratch } from '../fixtures/scratch.js';
import { fakeCode, files, installCommand, tinyClone, type FakeCode, type TinyClone } from '../fixtures/clone.js';
import { git } from '../fixtures/git.js';

vi.setConfig({ testTimeout: 240_000 });
beforeAll(ensureBuilt, 240_000);

/** `jembench gate --profile smoke` in a clone. */
async function gate(program: string, ...args: readonly string[]) {
  const words = [program, 'gate', '--profile', 'smoke', ...args];
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, words)) };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

/** The line that a command ends with, which is the only one that is no progress. */
const lastLine = (stderr: string): string => stderr.trimEnd().split('\n').at(-1) ?? '';

describe('a clone', () => {
  let clone: TinyClone;
  let program: string;
  beforeAll(() => {
    clone = tinyClone();
    program = installCommand(clone);
    clone.commit({ ...fakeCode({ kernels: {} }), ...files("export const one: number = 'two';") });
    clone.commit(files('export const one = 2;'));
  });
  const refused = async (says: string, ...args: readonly string[]): Promise<void> => {
    const { code, stdout, stderr } = await gate(program, ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(lastLine(stderr)).toMatch(/^jembench: /);
    expect(lastLine(stderr)).toContain(says);
    expect(git(clone.root, 'worktree', 'list').split('\n')).toHaveLength(1);
  };

  it('whose base does not build', async () => {
    await refused(
      "got one that does not build (packages/cli/src/index.ts(1,14): error TS2322: Type 'string'",
      '--base',
      'HEAD~1',
    );
  });

  it('with changes that are not committed', async () => {
    writeFileSync(join(clone.root, 'nx.json'), '{ "changed": true }');
    await refused(
      'worktree, got changes that are not committed, wanted none; commit them, or give --dirty',
      '--base',
      'HEAD',
    );
    writeFileSync(join(clone.root, 'nx.json'), '{}');
  });

  it('without a common ancestor, and with a ref that is not there', async () => {
    git(clone.root, 'branch', 'alone', git(clone.root, 'commit-tree', 'HEAD^{tree}', '-m', 'alone'));
    await refused('common ancestor of alone and HEAD, got none, wanted one; git fetch, or another', '--base', 'alone');
    await refused('commit, got "nowhere", which this clone does not have', '--base', 'nowhere');
  });

  it('that is shallow', async () => {
    const root = join(scratch(), 'shallow');
    git(clone.root, 'clone', '--depth', '1', pathToFileURL(clone.root).href, root);
    const { code, stderr } = await gate(
      installCommand({ ...clone, root }),
      '--base',
      git(clone.root, 'rev-parse', 'HEAD~1'),
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^jembench: --base: commit, got "[0-9a-f]+", which[^\n]*the clone is shallow: git fetch --unshallow\n$/,
    );
  });
});

describe('code', () => {
  /**
   * Base and head, one after the other, in a clone of their own; the rows and the last line of its gate.
   *
   * `--only kept` leaves out the sizes: the head's are those of the command, the base's those of the made-up packages.
   */
  async function compared(base: FakeCode, head: FakeCode, ...args: readonly string[]) {
    const clone = tinyClone();
    const program = installCommand(clone);
    clone.commit(fakeCode(base));
    clone.commit(fakeCode(head));
    const { code, stdout, stderr } = await gate(program, '--base', 'HEAD~1', '--json', ...args);
    const rows = stdout === '' ? [] : decodeRows(stdout, 'stdout').filter((row) => row.kind === 'gate');
    const of = (benchmark: string) => {
      const row = rows.find((one) => one.benchmark === benchmark);
      return row && { verdict: row.verdict, note: row.note };
    };
    return { code, rows, of, last: lastLine(stderr) };
  }
  const healthy: FakeCode = { kernels: { kept: {} } };

  it('that did not change passes', async () => {
    const { code, last, of } = await compared(healthy, healthy, '--only', 'kept');
    expect({ code, last }).toEqual({ code: 0, last: 'gate: PASS' });
    expect(of('kept forward N=1 plain')).toEqual({ verdict: 'pass', note: '' });
  });

  it('that became slower fails', async () => {
    const { code, last } = await compared(healthy, { kernels: { kept: { ms: 1.3 } } }, '--only', 'kept');
    expect({ code, last }).toEqual({ code: 1, last: 'gate: FAIL: kept forward N=1 plain' });
  });

  it('with a benchmark that one side does not have is neutral about it', async () => {
    const { code, of } = await compared(
      { kernels: { kept: {}, 'kept-gone': {} } },
      { kernels: { kept: {}, 'kept-new': {} } },
      ...['--only', 'kept'],
    );
    expect(code).toBe(0);
    expect(of('kept-new forward N=1 plain')).toEqual({ verdict: 'neutral', note: 'the base does not have it' });
    expect(of('kept-gone forward N=1 plain')).toEqual({
      verdict: 'neutral',
      note: 'the head does not have it any more',
    });
  });

  it('without the benchmark that was asked for is refused', async () => {
    const { code, last, rows } = await compared(healthy, healthy, '--only', 'sinkhorn');
    expect({ code, rows }).toEqual({ code: 2, rows: [] });
    expect(last).toBe(
      'jembench: --only: benchmark, got "sinkhorn", wanted the beginning of a name: kept forward, training step vicreg, vicreg on shapes, wasm bytes, bundle bytes',
    );
  });

  it.each([
    ['of the head', healthy, { kernels: { kept: { y: NaN } } }, 1, 'fail'],
    ['of the base', { kernels: { kept: { y: NaN } } }, healthy, 3, 'neutral'],
  ] as const)('whose results %s are NaN never passes', async (_, base, head, wanted, verdict) => {
    const { code, of } = await compared(base, head, '--only', 'kept');
    expect(code).toBe(wanted);
    expect(of('kept forward N=1 plain')).toEqual({ verdict, note: expect.stringContaining('NaN') as string });
  });

  it.each([
    ['of the head', healthy, { kernels: { kept: { ms: NaN } } }],
    ['of the base', { kernels: { kept: { ms: NaN } } }, healthy],
  ] as const)('whose time of a step %s is NaN ends with 2 and one line', async (_, base, head) => {
    const { code, last, rows } = await compared(base, head, '--only', 'kept');
    expect({ code, rows }).toEqual({ code: 2, rows: [] });
    expect(last).toMatch(/^jembench: kept forward N=1 plain: time of a step, got NaN ms, wanted a positive number$/);
  });

  it('on a clock that is too coarse ends with 2 and one line', async () => {
    const { code, last, rows } = await compared(healthy, { ...healthy, tickMs: 1 });
    expect({ code, rows }).toEqual({ code: 2, rows: [] });
    expect(last).toMatch(/^jembench: clock: tick, got 1 ms, wanted at most 0\.02 ms, a hundredth of a block/);
  });
});
