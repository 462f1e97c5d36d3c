import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { decodeRows, encodeRow } from '@jembench/harness';
import { reproduceCommand } from '../commands/reproduce.js';
import { ensureBuilt, run } from '../fixtures/cli.js';
import { scratch } from '../fixtures/scratch.js';
import { inProcess } from '../fixtures/in-process.js';
import { trainingRow } from '../fixtures/rows.js';
import { judged, overall } from './judge.js';

const verdicts = (fields: object) => {
  const lines = judged(trainingRow(), trainingRow(fields));
  return { all: overall(lines), ...Object.fromEntries(lines.map(({ what, verdict }) => [what, verdict])) };
};

describe('a run made again', () => {
  it('is equal, hash by hash and metric by metric', () => {
    expect(verdicts({})).toMatchObject({
      all: 'equal',
      weightsHash: 'equal',
      knn: 'equal',
      imagesPerSecond: 'within tolerance',
    });
  });

  it('is within tolerance where only bits of the weights and tenths of a point differ', () => {
    expect(verdicts({ weightsHash: 'other', knn: 60.5, runId: 'cd'.repeat(32) })).toMatchObject({
      ...{ all: 'within tolerance', weightsHash: 'different', runId: 'different', knn: 'within tolerance' },
    });
  });

  it.each([{ knn: 58 }, { verdict: 'type-1' }, { datasetChecksum: 'd' }, { effectiveRank: 15 }, { linear: null }])(
    'is different for %j',
    (fields) => {
      expect(verdicts(fields).all).toBe('different');
    },
  );

  it('is not judged by its speed, which another machine does not compare at all', () => {
    expect(verdicts({ imagesPerSecond: 10 })).toMatchObject({ all: 'equal', imagesPerSecond: 'different' });
    const fingerprint = { ...trainingRow().fingerprint, cores: 64 };
    expect(verdicts({ imagesPerSecond: 10, fingerprint })).toMatchObject({
      'imagesPerSecond (another cores)': 'not compared',
    });
  });
});

describe('jembench reproduce', () => {
  vi.setConfig({ testTimeout: 240_000 });
  beforeAll(ensureBuilt, 240_000);

  it.each([
    ['two rows', [trainingRow(), trainingRow({ seed: 2 })], 'got 2 that fit, wanted one'],
    ['a failed row', [trainingRow({ status: 'failed', reason: 'x' })], 'got one of status failed'],
    ['a row of a browser', [trainingRow({ host: 'browser' })], 'host, got browser'],
  ])('refuses %s with exit code 2', async (_, rows, says) => {
    const path = join(scratch(), 'rows.jsonl');
    writeFileSync(path, rows.map(encodeRow).join(''));
    const { code, stdout, stderr } = await inProcess(reproduceCommand, path);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(says);
  });

  it('makes a run again to the bit, and sees a figure that was changed', async () => {
    const small = [
      '--train',
      '64',
      '--test',
      '32',
      '--batch',
      '8',
      '--epochs',
      '1',
      '--set',
      'hidden=8',
      '--set',
      'dim=8',
    ];
    const trained = await run(['train', 'vicreg', '--profile', 'smoke', ...small, '--out', scratch(), '--json']);
    const path = join(scratch(), 'row.json');
    writeFileSync(path, trained.stdout);
    const again = await run(['reproduce', path, '--json']);
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({ verdict: 'equal' });
    const [row] = decodeRows(trained.stdout, 'stdout');
    writeFileSync(path, encodeRow({ ...row, weightsHash: 'f00d', knn: 1.5 }));
    const { code, stdout } = await run(['reproduce', path]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^knn +1\.5 +\S+ +different$/m);
  });
});
