import { beforeAll, describe, expect, it } from 'vitest';
import { decodeRows } from '@jembench/harness';
import { ensureBuilt, run } from '../fixtures/cli.js';

beforeAll(ensureBuilt, 180_000);

describe('bench training --jobs', () => {
  it('times two processes at once against the float64 reference, and says nothing of their memory', async () => {
    const { code, stdout, stderr } = await run(['bench', 'training', '--profile', 'smoke', '--jobs', '2', '--json']);
    expect(code, stderr).toBe(0);
    const rows = decodeRows(stdout, 'stdout');
    expect(rows.map((row) => row.kind === 'step' && row.step)).toEqual(['convnet', 'vit', 'vicreg-end-to-end']);
    for (const row of rows) {
      expect(row).toMatchObject({ status: 'ok', implementation: 'trainers, 2 processes', shareOfCeiling: null });
      expect(row).not.toHaveProperty('leakedTensors');
    }
  }, 120_000);

  it('is refused where there are no processes or no training steps', async () => {
    for (const more of [['kernels'], ['augmentations'], ['training', '--host', 'browser']]) {
      const { code, stderr } = await run(['bench', ...more, '--jobs', '2', '--profile', 'smoke']);
      expect(code).toBe(2);
      expect(stderr).toContain('--jobs: processes, got more than 1, wanted them for "bench training" on --host node');
    }
  }, 60_000);
});
