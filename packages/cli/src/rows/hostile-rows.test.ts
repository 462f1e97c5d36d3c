import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeRow } from '@jembench/harness';
import { compareCommand } from '../commands/compare.js';
import { exportCommand } from '../commands/export.js';
import { historyCommand } from '../commands/history.js';
import { inProcess } from '../fixtures/in-process.js';
import { kernelRow } from '../fixtures/rows.js';
import { scratch } from '../fixtures/scratch.js';

const folder = scratch();
let made = 0;
/** The folder of a suite whose rows are this text. */
function suite(text: string): string {
  const path = join(folder, String(made++));
  mkdirSync(path);
  writeFileSync(join(path, 'rows.jsonl'), text);
  return path;
}
const good = encodeRow(kernelRow());
const changed = (change: object): string => `${JSON.stringify({ ...kernelRow(), ...change })}\n`;

/** What no command may take for rows, and what its one line says. */
const broken: readonly (readonly [what: string, text: string, says: string])[] = [
  ['nothing', '', 'rows.jsonl: rows, got none'],
  ['blank lines', '\n\n', 'rows.jsonl: rows, got none'],
  ['a torn last line', good + good.slice(0, 100), 'rows.jsonl:2: line, got'],
  ['another schema', changed({ schema: 2 }), 'rows.jsonl:1: schema, got 2, wanted 1'],
  ['no schema', '{}\n', 'rows.jsonl:1: schema, got none, wanted 1'],
  ['NaN', good.replace(/"ms":[\d.]+/, '"ms":NaN'), 'rows.jsonl:1: line, got'],
  ['a figure that was not finite', changed({ ms: null, nonFinite: { ms: 'NaN' } }), 'rows.jsonl:1: ms'],
  ['text', 'hello\n', 'rows.jsonl:1: line, got'],
  ['bytes', '\u0000\u0001\u0002', 'rows.jsonl:1: line, got'],
  ['a list', '[]\n', 'schema, got none'],
];

describe.each([
  ['compare, as A', (bad: string) => inProcess(compareCommand, bad, suite(good))],
  ['compare, as B', (bad: string) => inProcess(compareCommand, suite(good), bad)],
  ['history', (bad: string) => inProcess(historyCommand, join(folder, `nights-${made++}`), '--add', bad)],
  ['export', (bad: string) => inProcess(exportCommand, bad, '--format', 'csv')],
])('jembench %s', (_, run) => {
  it.each(broken)('refuses %s in one line, with exit code 2', async (_what, text, says) => {
    const { code, stdout, stderr } = await run(suite(text));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(says);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('refuses a file that is not there', async () => {
    const { code, stdout, stderr } = await run(join(folder, 'nowhere'));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('nowhere');
  });
});

describe('jembench compare', () => {
  it('refuses rows of another machine by the field that differs', async () => {
    const { fingerprint } = kernelRow();
    const other = suite(changed({ fingerprint: { ...fingerprint, cores: fingerprint.cores + 62 } }));
    const { code, stdout, stderr } = await inProcess(compareCommand, suite(good), other);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('cores');
  });
});
