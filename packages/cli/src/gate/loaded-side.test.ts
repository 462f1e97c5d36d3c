import { describe, expect, it } from 'vitest';
import * as core from '@jembench/core';
import { defineBenchmark, type BenchmarkDeclaration } from '@jembench/harness';
import { nodeEnvironment } from '../hosts/node/environment.js';
import { answering } from './answer.js';
import type { SideCode } from './loaded-side.js';
import type { Answer, Ask, SideSetting } from './protocol.js';

const setting: SideSetting = { sizes: 'smoke', backend: 'cpu', clock: 'wall' };
const benchmark = 'idle forward N=1 only';

/** A side with one benchmark, whose steps take so many milliseconds of a clock that ticks as coarsely as told. */
function sideOf({ stepMs = 1, tickMs = 1e-4, readMs = 1e-5, now }: Clocked) {
  let time = 0;
  const wall = (): number => {
    time += readMs;
    return Math.floor(time / tickMs) * tickMs;
  };
  const declaration: BenchmarkDeclaration = defineBenchmark<null>({
    ...{ kernel: 'idle', pass: 'forward' },
    shapes: { smoke: [{ N: 1 }], quick: [], full: [], growth: [] },
    ...{ inputs: () => null, reference: () => ({ y: [1] }), tolerance: () => 0 },
    implementations: [
      {
        ...{ name: 'only', cost: () => ({ flops: 0, bytes: 0 }), unavailable: () => null },
        open: () => ({
          step: () => {
            time += stepMs;
            return Promise.resolve();
          },
          outputs: () => Promise.resolve({ y: [1] }),
          close: () => undefined,
        }),
      },
    ],
  });
  const code: SideCode = {
    core,
    kernels: { kernelBenchmarks: () => [declaration] } as unknown as SideCode['kernels'],
    ...{ training: null, loadOptions: {}, environment: nodeEnvironment(), wall: now ?? wall, processor: null },
  };
  return answering(() => Promise.resolve(code));
}

interface Clocked {
  readonly stepMs?: number;
  readonly tickMs?: number;
  readonly readMs?: number;
  readonly now?: () => number;
}

async function timed(ask: (ask: Ask) => Promise<Answer>, ms: number, slower: number): Promise<number> {
  await ask({ type: 'load', root: '', setting });
  await ask({ type: 'open', benchmark });
  const answer = await ask({ type: 'block', ms, slower });
  if (answer.type !== 'timed') throw new Error(JSON.stringify(answer));
  return answer.msPerStep;
}

describe('a block', () => {
  it.each([
    ['a fine clock', { tickMs: 1e-4 }],
    ['the clock of an isolated page, at a step of six ticks', { stepMs: 0.03, tickMs: 0.005 }],
  ])('is slowed down by as much as was asked for, by %s', async (_, clocked) => {
    const ratio = (await timed(sideOf(clocked), 50, 0.2)) / (await timed(sideOf(clocked), 50, 0));
    expect(ratio).toBeGreaterThan(1.19);
    expect(ratio).toBeLessThan(1.21);
  });
});

describe('a side', () => {
  it('says what its clock is', async () => {
    const answer = await sideOf({ tickMs: 0.005 })({ type: 'load', root: '', setting });
    expect(answer).toMatchObject({ type: 'loaded', description: { benchmarks: [benchmark], clock: 'wall' } });
    expect(answer.type === 'loaded' && answer.description.tickMs).toBeCloseTo(0.005, 9);
  });

  it('does not load where the clock gives no number', async () => {
    const answer = await sideOf({ now: () => NaN })({ type: 'load', root: '', setting });
    expect(answer).toEqual({ type: 'failed', reason: 'clock: time, got NaN, wanted milliseconds' });
  });

  it('answers what it cannot do in a line', async () => {
    const ask = sideOf({});
    expect(await ask({ type: 'close' })).toEqual({ type: 'failed', reason: 'no code is loaded' });
    await ask({ type: 'load', root: '', setting });
    expect(await ask({ type: 'block', ms: 1, slower: 0 })).toMatchObject({ reason: 'no benchmark is open' });
    expect(await ask({ type: 'train', seed: 1, options: {}, less: [] })).toMatchObject({
      reason: 'training: got none, wanted a side that trains',
    });
    expect(await ask({ type: 'load', root: '', setting: { ...setting, clock: 'processor' } })).toMatchObject({
      reason: expect.stringContaining('--clock: got processor, wanted wall') as string,
    });
  });
});
