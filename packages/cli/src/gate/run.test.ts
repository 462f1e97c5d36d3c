import { describe, expect, it } from 'vitest';
import { simulatedSides, type SimulatedCode } from '../fixtures/sides.js';
import { gated, type GateResult } from './run.js';

const effort = { sizes: 'smoke', pairs: 8, blocks: 12, blockMs: 50, seeds: 8, mostSeeds: 16 } as const;

/** A gate of simulated code. */
const gate = (head: SimulatedCode = {}, base: SimulatedCode = {}): Promise<GateResult> =>
  gated({
    ...{ roots: { head: 'head', base: 'base' }, effort, seed: 1, training: true, allowed: new Map<string, number>() },
    wanted: (benchmark) => !benchmark.endsWith('bytes'),
    progress: () => undefined,
    start: simulatedSides({ head, base }),
  });
const said = async (head: SimulatedCode, base: SimulatedCode = {}) => {
  const { verdict, exit, reasons } = await gate(head, base);
  return { verdict, exit, reasons: reasons.join('; ') };
};
const named = ({ lines }: GateResult, benchmark: string) => lines.find((line) => line.benchmark === benchmark);

describe('a gate', () => {
  it('passes code that is the same, with its controls', async () => {
    const result = await gate();
    expect(result).toMatchObject({ verdict: 'PASS', exit: 0 });
    expect(result.controls.map(({ control, verdict }) => `${control} ${verdict}`)).toEqual([
      'A/A pass',
      'slowdown fail',
      'collapse fail',
    ]);
  });

  it.each<[what: string, head: SimulatedCode, verdict: string, exit: number, reason: string]>([
    ['is a tenth slower', { ms: 1.1 }, 'FAIL', 1, 'sum forward'],
    ['starts more kernels', { counts: { 'kernel launches': 6 } }, 'FAIL', 1, 'kernel launches'],
    ['leaks', { counts: { 'leaked tensors': 1 } }, 'FAIL', 1, 'leaked tensors'],
    ['does not match its reference', { cannotOpen: 'y: error 1 above 1e-6' }, 'FAIL', 1, 'sum forward'],
    ['is less accurate', { trained: (seed) => ({ knn: 45 + (seed % 5) }) }, 'FAIL', 1, 'kNN'],
    ['has no accuracy at a seed', { trained: (seed) => (seed === 3 ? { knn: null } : {}) }, 'FAIL', 1, 'kNN'],
    ['collapses at a seed', { trained: (seed) => (seed === 3 ? { verdict: 'type-1' } : {}) }, 'FAIL', 1, 'collapse'],
    ['runs on a noisy machine', { noise: 1.5 }, 'NOISY', 3, 'control A/A'],
    ['takes an injected slowdown for nothing', { slows: false }, 'BROKEN', 3, 'control slowdown'],
    ['does not collapse when it must', { collapses: false }, 'BROKEN', 3, 'control collapse'],
  ])('whose head %s', async (_, head, verdict, exit, reason) => {
    const result = await said(head);
    expect(result).toMatchObject({ verdict, exit });
    expect(result.reasons).toContain(reason);
  });

  it('is neutral about a benchmark that the base does not have, and one that the head has no more', async () => {
    const result = await gate({ benchmarks: ['kept', 'new'] }, { benchmarks: ['kept', 'gone'] });
    expect(result.exit).toBe(0);
    expect(named(result, 'new')).toMatchObject({ verdict: 'neutral', note: 'the base does not have it' });
    expect(named(result, 'gone')).toMatchObject({ verdict: 'neutral', note: 'the head does not have it any more' });
    expect(named(result, 'kept')).toMatchObject({ verdict: 'pass' });
  });

  it('has nothing to say where nothing could be compared', async () => {
    const result = await gate({ benchmarks: ['new'] }, { benchmarks: ['old'], trained: () => ({ knn: null }) });
    expect(named(result, 'new')).toMatchObject({ verdict: 'neutral' });
    expect(named(result, 'vicreg on shapes: kNN')).toMatchObject({
      verdict: 'neutral',
      note: expect.stringContaining('base') as string,
    });
  });

  it('says why a base cannot be loaded, and fails where it cannot train either', async () => {
    const result = await gate({}, { cannotLoad: 'index.js: no such file' });
    expect(named(result, 'sum forward N=8 fused')).toMatchObject({
      verdict: 'neutral',
      note: 'the base cannot be loaded: index.js: no such file',
    });
    expect(result).toMatchObject({ verdict: 'FAIL', exit: 1 });
  });

  it('refuses a clock that is too coarse, and a time that is none', async () => {
    await expect(gate({ tickMs: 1 })).rejects.toThrow('clock: tick, got 1 ms, wanted at most 0.5 ms');
    await expect(gate({ ms: NaN })).rejects.toThrow('time of a step, got NaN ms');
    await expect(gate({}, { ms: 0 })).rejects.toThrow('time of a step, got 0 ms');
  });
});
