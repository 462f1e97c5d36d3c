import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeRow, type Row } from '@jembench/harness';
import { compareCommand } from '../commands/compare.js';
import { inProcess } from '../fixtures/in-process.js';
import { kernelRow, trainingRow } from '../fixtures/rows.js';
import { scratch } from '../fixtures/scratch.js';

const folder = scratch();
const file = (name: string, rows: readonly Row[]): string => {
  writeFileSync(join(folder, name), rows.map(encodeRow).join(''));
  return join(folder, name);
};
const seeds = (knn: number): Row[] => [1, 2, 3].map((seed) => trainingRow({ seed, knn: knn + 0.1 * seed }));
const a = file('a', seeds(60));

describe('jembench compare', () => {
  it('prints a line a measure and ends with 0 when nothing is worse', async () => {
    const { code, stdout, stderr } = await inProcess(compareCommand, a, file('b', seeds(62)));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/vicreg on shapes .* knn +3 +60\.2 +62\.2 +\+2\.00 pt +\+2\.00 pt to \+2\.00 pt +better/);
    expect(stdout).toMatch(/ linear +3 .* equal +weights equal for 3 of 3 seeds/);
  });

  it('ends with 1 when something is worse', async () => {
    const { code, stdout } = await inProcess(compareCommand, a, file('worse', seeds(55)), '--json');
    expect(code).toBe(1);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { measure: string; verdict: string });
    expect(lines.find(({ measure }) => measure === 'knn')?.verdict).toBe('worse');
  });

  it('ends with 3 when nothing follows', async () => {
    const one = [kernelRow({ low: null, high: null, status: 'failed', reason: 'x' })];
    expect((await inProcess(compareCommand, file('k1', one), file('k2', one))).code).toBe(3);
  });

  it('refuses another machine by the field, with exit code 2', async () => {
    const other = kernelRow({ fingerprint: { ...kernelRow().fingerprint, cpu: 'Another CPU' } });
    const { code, stdout, stderr } = await inProcess(compareCommand, file('k3', [kernelRow()]), file('k4', [other]));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('got a difference in cpu (Test CPU against Another CPU)');
  });

  it('says what only one side has', async () => {
    const more = file('more', [...seeds(60), kernelRow()]);
    expect((await inProcess(compareCommand, a, more)).stderr).toMatch(/^only in B: sinkhorn forward/);
  });
});
