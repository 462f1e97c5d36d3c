/** Sides in a real browser; where there is none, everything here is skipped, and the reason is said. */
import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { ensureBuilt } from '../fixtures/cli.js';
import { browserFinding } from '../hosts/browser/find.js';
import { browserSides } from './browser-side.js';
import { headRoot } from './checkout.js';
import type { Side, SideSetting } from './protocol.js';
import { SideGone } from './side.js';
import { scratch } from '../fixtures/scratch.js';

vi.setConfig({ testTimeout: 120_000 });
const { found, problem } = browserFinding('chromium');
if (found === null) console.warn(`SKIPPED: the gate in a browser: ${problem}`);

const page = { browser: 'chromium', headed: false, args: [], silenceSeconds: 60 };
const setting: SideSetting = { sizes: 'smoke', backend: 'wasm', clock: null };
const folder = scratch();

beforeAll(ensureBuilt, 180_000);

it('code that is no clone of ours is refused in one line, before a browser starts', async () => {
  const empty = scratch();
  const start = browserSides({ ...page, browser: '/nowhere/chromium' }, folder);
  await expect(start(empty, setting)).rejects.toThrow(/^page of .*: got code that cannot be bundled \(.*\)$/);
});

it('a browser that does not start is no finding about the code', async () => {
  const start = browserSides({ ...page, browser: process.execPath }, folder);
  const error = await start(headRoot, setting).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'HarnessError', message: expect.stringMatching(/^browser: /) as string });
});

describe.skipIf(found === null)('a side in a browser', () => {
  const start = browserSides(page, folder);
  const withSide = async (work: (side: Side) => Promise<void>, more = setting): Promise<void> => {
    const side = await start(headRoot, more);
    try {
      await work(side);
    } finally {
      await side.end();
    }
  };

  it('checks, counts and times the kernels that Node has, by a clock of five microseconds', async () => {
    await withSide(async (side) => {
      const { benchmarks, clock, tickMs, setup } = side.description;
      expect({ clock, host: setup.environment.host }).toEqual({ clock: 'wall', host: 'browser' });
      expect(setup.environment).toMatchObject({
        isolated: true,
        runtime: expect.stringMatching(/^chromium \d/) as string,
      });
      expect(tickMs).toBeLessThan(0.021);
      const benchmark = 'sinkhorn forward N=32 K=100 fused-plain';
      expect(benchmarks).toContain(benchmark);
      expect(benchmarks.some((name) => name.startsWith('training'))).toBe(false);
      await side.check(benchmark);
      expect(await side.count(benchmark)).toMatchObject({ 'leaked tensors': 0, 'leaked bytes': 0 });
      await side.open(benchmark);
      expect(await side.block(5)).toBeGreaterThan(0);
      await side.close();
    });
  });

  it('that does not answer is gone, and says what allows it more', async () => {
    const impatient = browserSides({ ...page, silenceSeconds: 3 }, folder);
    const side = await impatient(headRoot, setting).catch((error: unknown) => error);
    if (!(side instanceof Error)) {
      const hanging = side as Side;
      await hanging.open('sinkhorn forward N=32 K=100 fused-plain');
      await expect(hanging.block(60_000)).rejects.toThrow(/said nothing for 3 s.*--browser-limit/);
      await hanging.end();
      await expect(hanging.close()).rejects.toThrow(SideGone);
    } else expect(side).toBeInstanceOf(SideGone); // a machine that takes longer than that to load
  });

  it('says that a backend is not there', async () => {
    await expect(start(headRoot, { ...setting, backend: 'tensorflow' })).rejects.toThrow(/useBackend.*tensorflow/);
  });

  it('is bundled once a folder, however many browsers load it', () => {
    // One of `start`, one of the impatient, and those that were refused.
    expect(readdirSync(folder).length).toBeLessThanOrEqual(4);
  });
});
