import { readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it, vi } from 'vitest';
import { ensureBuilt, start, type Running } from '../fixtures/cli.js';
import { scratch } from '../fixtures/scratch.js';
import { git } from '../fixtures/git.js';
import { headRoot } from './checkout.js';

vi.setConfig({ testTimeout: 240_000 });
beforeAll(ensureBuilt, 240_000);

/** A real gate of this clone that has begun, with a temporary folder that only this test uses. */
async function begun(temporary: string): Promise<Running> {
  const gate = start(['gate', '--base', 'HEAD', '--dirty', '--profile', 'smoke'], { TMPDIR: temporary });
  await gate.said(/building the base/);
  return gate;
}

it.skipIf(process.platform === 'win32')(
  'a gate that is killed leaves its worktree to the next one, which removes it and, stopped, its own',
  async () => {
    const temporary = scratch();
    const listed = (): string[] =>
      git(headRoot, 'worktree', 'list', '--porcelain')
        .split('\n')
        .filter((line) => line.startsWith(`worktree ${temporary}`));
    const killed = await begun(temporary);
    process.kill(-Number(killed.process.pid), 'SIGKILL');
    expect(await killed.ended).toMatchObject({ code: null, signal: 'SIGKILL' });
    const left = readdirSync(temporary).filter((name) => name.startsWith('jembench-base-'));
    expect(left).toHaveLength(1);
    expect(left[0].startsWith(`jembench-base-${String(killed.process.pid)}-${hostname()}-`)).toBe(true);
    expect(listed()).toEqual([`worktree ${join(temporary, left[0])}`]);

    const next = await begun(temporary);
    const now = readdirSync(temporary).filter((name) => name.startsWith('jembench-base-'));
    expect(now).toHaveLength(1);
    expect(now).not.toEqual(left);
    process.kill(Number(next.process.pid), 'SIGTERM');
    expect(await next.ended).toMatchObject({ code: 130, stderr: expect.stringContaining('stopped') as string });
    expect(readdirSync(temporary).filter((name) => name.startsWith('jembench-base-'))).toEqual([]);
    expect(listed()).toEqual([]);
  },
);
