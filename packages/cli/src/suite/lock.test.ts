import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockFolder } from './lock.js';
import { scratch } from '../fixtures/scratch.js';

const path = (): string => join(scratch(), 'suite.lock');
const never = (): void => undefined;
/** No process has it: above the largest number that Linux gives. */
const dead = 2 ** 22 + 1;

describe('lockFolder', () => {
  it('is held by one, and free again after', async () => {
    const file = path();
    const lock = await lockFolder(file, never);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ pid: process.pid, host: hostname() });
    lock.release();
    expect(existsSync(file)).toBe(false);
    (await lockFolder(file, never)).release();
  });

  it('is refused while its owner lives', async () => {
    const file = path();
    writeFileSync(file, JSON.stringify({ pid: process.ppid, host: hostname(), token: 'x' }));
    await expect(lockFolder(file, never)).rejects.toThrow(`in use by process ${process.ppid}`);
  });

  it.each([
    ['of a process that is gone', JSON.stringify({ pid: dead, host: hostname(), token: 'x' })],
    ['that is cut short', '{"pid":'],
    ['that is empty', ''],
  ])('takes over one %s at once', async (_, content) => {
    const file = path();
    writeFileSync(file, content);
    const started = Date.now();
    const lock = await lockFolder(file, never);
    expect(Date.now() - started).toBeLessThan(2000);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ pid: process.pid });
    lock.release();
  });

  it('takes over one that was not touched for long, whoever has its process number now', async () => {
    const file = path();
    writeFileSync(file, JSON.stringify({ pid: process.ppid, host: hostname(), token: 'x' }));
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(file, longAgo, longAgo);
    (await lockFolder(file, never)).release();
  });

  it('goes to one of many that take over the same stale lock', async () => {
    const file = path();
    writeFileSync(file, JSON.stringify({ pid: dead, host: hostname(), token: 'x' }));
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => lockFolder(file, never)));
    const won = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(won).toHaveLength(1);
    won[0].value.release();
  });

  it('tells its owner when it was taken away', async () => {
    const file = path();
    const lost = new Promise<void>((resolve) => {
      void lockFolder(file, resolve).then(() => {
        writeFileSync(file, JSON.stringify({ pid: process.ppid, host: hostname(), token: 'thief' }));
      });
    });
    await lost;
    expect(readFileSync(file, 'utf8')).toContain('thief');
  });
});
