import { describe, expect, it } from 'vitest';
import { simulatedSides, type SimulatedCode } from '../fixtures/sides.js';
import { browserGate, nodeGate } from './hosts.js';
import type { Request } from './request.js';
import { gated, type GateResult } from './run.js';

const effort = { sizes: 'smoke', pairs: 8, blocks: 12, blockMs: 50, seeds: 8, mostSeeds: 16 } as const;

/** A gate of simulated code. */
const gate = (head: SimulatedCode = {}, base: SimulatedCode = {}): Promise<GateResult> => asked(head, base, {});
const asked = (head: SimulatedCode, base: SimulatedCode, request: Partial<Request>): Promise<GateResult> => {
  const start = simulatedSides({ head, base });
  return gated({
    ...{ roots: { head: 'head', base: 'base' }, effort, seed: 1, allowed: new Map<string, number>() },
    setting: { sizes: 'smoke', backend: 'wasm', clock: null },
    hosts: [{ ...nodeGate, start }],
    absent: new Map(),
    only: null,
    moved: (benchmark) => !benchmark.endsWith('bytes'),
    progress: () => undefined,
    start,
    ...request,
  });
};
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
    ['does not match its reference', { wrong: 'y: error 1 above 1e-6' }, 'FAIL', 1, 'sum forward'],
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

  it('does not believe timings in which the same code looks faster than itself', async () => {
    // The second of the twins, which every pair starts last.
    const { exit, controls } = await gate({ unlike: (n) => (n % 4 === 1 ? 1.3 : 1) });
    expect(exit).toBe(3);
    expect(controls[0]).toMatchObject({
      control: 'A/A',
      verdict: 'fail',
      note: 'the same code looks faster than itself',
    });
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

  it('is neutral about what the base cannot run, and says why; all of it is no pass', async () => {
    const unloaded = await gate({}, { cannotLoad: 'index.js: no such file' });
    const note = 'the base cannot be loaded: index.js: no such file';
    expect(named(unloaded, 'sum forward N=8 fused')).toMatchObject({ verdict: 'neutral', note });
    expect(named(unloaded, 'vicreg on shapes: kNN')).toMatchObject({ verdict: 'neutral' });
    expect(named(unloaded, 'vicreg on shapes: collapse')).toMatchObject({ verdict: 'pass' });
    const wrong = await gate({}, { wrong: 'y: error 1 above 1e-6' });
    expect(named(wrong, 'sum forward N=8 fused')).toMatchObject({
      ...{ verdict: 'neutral', note: 'base: y: error 1 above 1e-6' },
    });
    expect(wrong).toMatchObject({ verdict: 'PASS', exit: 0 });
    const nothing = await asked({}, { cannotLoad: 'x' }, { only: 'sum' });
    expect(nothing).toMatchObject({ verdict: 'INCONCLUSIVE', exit: 3, reasons: ['nothing was compared'] });
  });

  it('measures only what was asked for, and refuses a name that nothing has', async () => {
    const { lines } = await asked({}, {}, { only: 'vicreg on shapes' });
    expect(lines.map(({ benchmark }) => benchmark)).toEqual(['vicreg on shapes: kNN', 'vicreg on shapes: collapse']);
    await expect(asked({}, {}, { only: 'sinkhron' })).rejects.toThrow(
      '--only: benchmark, got "sinkhron", wanted the beginning of a name: sum forward',
    );
  });

  it('says that a side ended while it was timed, which is no verdict', async () => {
    await expect(gate({ dies: true })).rejects.toThrow('process ended with SIGKILL');
    await expect(gate({}, { dies: true })).rejects.toThrow('process ended with SIGKILL');
  });

  it('says that the base ended before it was timed: that is no benchmark that it lacks', async () => {
    await expect(gate({}, { endsEarly: true })).rejects.toThrow('process ended with SIGKILL');
    expect(await gate({ endsEarly: true })).toMatchObject({ verdict: 'FAIL', exit: 1 });
  });

  it('refuses a clock that is too coarse, and a time that is none', async () => {
    await expect(gate({ tickMs: 1 })).rejects.toThrow('clock: tick, got 1 ms, wanted at most 0.5 ms');
    await expect(gate({ ms: NaN })).rejects.toThrow('time of a step, got NaN ms');
    await expect(gate({}, { ms: 0 })).rejects.toThrow('time of a step, got 0 ms');
  });

  describe('with a browser beside Node', () => {
    const page = { browser: 'chromium', headed: false, args: [], silenceSeconds: 1 };
    const both = (inPage: SimulatedCode, base: SimulatedCode = {}): Promise<GateResult> => {
      const kernels = { benchmarks: ['sum forward N=8 fused'] };
      const own = simulatedSides({ head: { ...kernels, ...inPage }, base: { ...kernels, ...base } });
      return asked(
        {},
        {},
        {
          hosts: [
            { ...nodeGate, start: simulatedSides({ head: {}, base: {} }) },
            { ...browserGate(page, 'nowhere'), start: own },
          ],
        },
      );
    };

    it('has lines and controls of its own, which allow more', async () => {
      const result = await both({ ms: 1.07 });
      expect(result).toMatchObject({ verdict: 'WARN', exit: 0 });
      expect(named(result, 'browser sum forward N=8 fused')).toMatchObject({ verdict: 'warn', allowed: Math.log(1.1) });
      expect(named(result, 'browser sum forward N=8 fused: kernel launches')).toMatchObject({ verdict: 'pass' });
      const controls = result.controls.map(({ host, control, verdict }) => `${host} ${control} ${verdict}`);
      expect(controls).toEqual([
        ...['node A/A pass', 'node slowdown fail', 'browser A/A pass', 'browser slowdown fail', 'node collapse fail'],
      ]);
      expect([...result.sides.keys()]).toEqual(['node', 'browser']);
    });

    it.each<[what: string, head: SimulatedCode, verdict: string, exit: number, reason: string]>([
      ['slower', { ms: 1.2 }, 'FAIL', 1, 'browser sum forward N=8 fused'],
      ['noisy', { noise: 3 }, 'NOISY', 3, 'control A/A on browser sum'],
      ['not slowed down by an injected slowdown', { slows: false }, 'BROKEN', 3, 'control slowdown on browser sum'],
      ['wrong', { wrong: 'y: error 1 above 1e-6' }, 'FAIL', 1, 'browser sum forward N=8 fused'],
    ])('sees that the page alone is %s', async (_, head, verdict, exit, reason) => {
      const result = await both(head);
      expect(result).toMatchObject({ verdict, exit });
      expect(result.reasons[0]).toContain(reason);
    });

    it('is neutral about what the base cannot run in a page', async () => {
      const result = await both({}, { cannotLoad: 'page of base: got code that cannot be bundled' });
      expect(named(result, 'browser sum forward N=8 fused')).toMatchObject({
        verdict: 'neutral',
        note: 'the base cannot be loaded: page of base: got code that cannot be bundled',
      });
      expect(result).toMatchObject({ verdict: 'PASS', exit: 0 });
    });

    it('says in a line that there is none', async () => {
      const result = await asked({}, {}, { absent: new Map([['browser', 'chromium, got none, wanted one']]) });
      expect(named(result, 'browser kernels')).toMatchObject({
        ...{ verdict: 'neutral', effect: null, note: 'not compared: chromium, got none, wanted one' },
      });
    });

    it('alone leaves training and sizes to Node, in the context of Node', async () => {
      const start = simulatedSides({ head: {}, base: {} });
      const { sides, lines } = await asked({}, {}, { hosts: [{ ...browserGate(page, 'nowhere'), start }] });
      expect([...sides.keys()]).toEqual(['node', 'browser']);
      expect(new Set(lines.map(({ host }) => host))).toEqual(new Set(['browser', 'node']));
    });

    it('refuses a clock that is too coarse there', async () => {
      await expect(both({ tickMs: 1 })).rejects.toThrow('clock: tick, got 1 ms, wanted at most 0.5 ms');
    });
  });
});
