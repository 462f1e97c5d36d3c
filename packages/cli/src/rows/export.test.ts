import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeRow } from '@jembench/harness';
import { exportCommand } from '../commands/export.js';
import { inProcess } from '../fixtures/in-process.js';
import { kernelRow, trainingRow } from '../fixtures/rows.js';
import { scratch } from '../fixtures/scratch.js';

const folder = scratch();
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
file('rows.jsonl', [trainingRow(), kernelRow()].map(encodeRow).join(''));

describe('jembench export', () => {
  it.each([
    ['csv', /^schema,status,/],
    ['markdown', /^## shapes · batch 128 · node · wasm · 2 epochs\n/],
    ['junit', /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="jembench" tests="2"/],
    ['summary', /\| vicreg \| convnet \|/],
    ['benchmark-smaller', /^\[\n {2}\{\n {4}"name": "sinkhorn forward/],
    ['benchmark-bigger', /"name": "vicreg on shapes .*: knn"/],
    ['bencher', /^\{\n {2}"vicreg on shapes [^"]*": \{\n {4}"percent-knn"/],
  ])('writes %s to stdout or to a file', async (format, wanted) => {
    const { code, stdout } = await inProcess(exportCommand, folder, '--format', format);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(wanted) as string });
    const out = join(folder, `${format}.out`);
    const second = await inProcess(exportCommand, join(folder, 'rows.jsonl'), '--format', format, '--out', out);
    expect(second).toEqual({ code: 0, stdout: '', stderr: `written to ${out}\n` });
    expect(readFileSync(out, 'utf8')).toBe(stdout);
  });

  const row = encodeRow(trainingRow());
  it.each([
    ['an empty file', file('empty.jsonl', ''), 'rows, got none'],
    ['a torn line', file('torn.jsonl', row + row.slice(0, 99)), 'torn.jsonl:2: line'],
    ['another schema', file('new.jsonl', row.replace('"schema":1', '"schema":7')), 'schema, got 7, wanted 1'],
    ['no file', join(folder, 'nowhere'), 'got no such file or folder'],
    ['a NaN', file('nan.jsonl', row.replace('"knn":60', '"knn":NaN')), 'nan.jsonl:1: line'],
  ])('refuses %s with exit code 2 and one line', async (_, path, says) => {
    const { code, stdout, stderr } = await inProcess(exportCommand, path, '--format', 'csv');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(says);
    expect(stderr.trimEnd()).not.toContain('\n');
  });

  it('says which formats there are', async () => {
    const { code, stderr } = await inProcess(exportCommand, folder, '--format', 'bencer');
    expect(code).toBe(2);
    expect(stderr).toContain('did you mean bencher?');
  });
});
