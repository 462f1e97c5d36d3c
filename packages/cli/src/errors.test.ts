import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { compareCommand } from './commands/compare.js';
import { exportCommand } from './commands/export.js';
import { historyCommand } from './commands/history.js';
import { bin } from './fixtures/cli.js';
import { inProcess } from './fixtures/in-process.js';
import { readRows } from './rows/read.js';
import { scratch } from './fixtures/scratch.js';

vi.mock('./rows/read.js', { spy: true });
const internal = /^jembench: internal error: x is not a function; this is a bug of jembench, [^\n]*\n$/;

describe('an internal error is no verdict', () => {
  it.each([
    ['compare', compareCommand, ['a', 'b']],
    ['history', historyCommand, [scratch(), '--add', 'a']],
    ['export', exportCommand, ['a', '--format', 'csv']],
  ] as const)('of %s: exit code 70 and one line', async (_, command, args) => {
    vi.mocked(readRows).mockImplementationOnce(() => {
      throw new TypeError('x is not a function');
    });
    const { code, stdout, stderr } = await inProcess(command, ...args);
    expect({ code, stdout }).toEqual({ code: 70, stdout: '' });
    expect(stderr).toMatch(internal);
  });

  it.each([
    ['does not load', "throw new TypeError('x is not a function');"],
    ['throws where nobody waits for it', 'export const main = () => new Promise((f) => setTimeout(() => x(), 1));'],
    ['rejects where nobody waits for it', 'export const main = () => new Promise((f) => void (async () => x())());'],
  ])('of a command that %s: exit code 70 and one line', async (_, code) => {
    const folder = scratch();
    for (const inside of ['bin', 'dist']) mkdirSync(join(folder, inside));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    cpSync(bin, join(folder, 'bin', 'jembench.js'));
    writeFileSync(join(folder, 'dist', 'index.js'), `const x = 1;\n${code}`);
    const ran = promisify(execFile)(process.execPath, [join(folder, 'bin', 'jembench.js'), 'compare', 'a', 'b']);
    await expect(ran).rejects.toMatchObject({
      code: 70,
      stdout: '',
      stderr: expect.stringMatching(internal) as string,
    });
  });
});
