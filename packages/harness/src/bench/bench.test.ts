import { describe, expect, it } from 'vitest';
import { context } from '../fixtures/rows.js';
import { kernelCsv, kernelTables } from '../formats/kernel-table.js';
import { decodeRow } from '../rows/decode.js';
import { encodeRow } from '../rows/encode.js';
import type { KernelRow } from '../rows/schema.js';
import { throughput } from './ceilings.js';
import { agreement } from './correctness.js';
import { defineBenchmark, type BenchmarkImplementation } from './declaration.js';
import { runBenchmarks, shapeCount, type BenchmarkHost } from './run.js';
import { interleavedTimings } from './timing.js';

/** A machine whose clock moves only when work is done. */
function machine() {
  const state = { clock: 0, tensors: 0, order: [] as string[] };
  const host: BenchmarkHost = {
    context,
    ceilings: { gflops: 2, gbps: 1 },
    now: () => state.clock,
    memory: () => ({ tensors: state.tensors, bytes: 4 * state.tensors }),
  };
  return { state, host };
}

type Machine = ReturnType<typeof machine>['state'];

const squares = (
  state: Machine,
  name: string,
  ms: number,
  options: Partial<{ wrong: number; leaks: number; why: string; throwsInStep: boolean }> = {},
): BenchmarkImplementation<Float32Array> => ({
  name,
  cost: ({ N }) => ({ flops: 1e6 * N, bytes: 1e5 * N }),
  unavailable: () => options.why ?? null,
  open: (inputs) => {
    state.tensors++;
    return {
      step: () => {
        if (options.throwsInStep) return Promise.reject(new Error('device lost'));
        state.order.push(name);
        state.clock += ms;
        state.tensors += options.leaks ?? 0;
        return Promise.resolve();
      },
      outputs: () => Promise.resolve({ y: Array.from(inputs, (x) => x * x + (options.wrong ?? 0)) }),
      close: () => state.tensors--,
    };
  },
});

const declaration = (implementations: BenchmarkImplementation<Float32Array>[]) =>
  defineBenchmark<Float32Array>({
    kernel: 'square',
    pass: 'forward',
    shapes: { smoke: [], quick: [{ N: 4 }], full: [{ N: 4 }, { N: 8 }], growth: [] },
    inputs: ({ N }) => Float32Array.from({ length: N }, (_, i) => i),
    reference: (inputs) => ({ y: Float64Array.from(inputs, (x) => x * x) }),
    tolerance: () => 1e-6,
    implementations,
  });

const timing = { minSamples: 5, maxSamples: 5, budgetMs: 0, warmupSteps: 1, minSampleMs: 0 };

async function rowsOf(host: BenchmarkHost, implementations: BenchmarkImplementation<Float32Array>[]) {
  const rows: KernelRow[] = [];
  for await (const row of runBenchmarks([declaration(implementations)], host, { profile: 'quick', timing }))
    rows.push(row);
  return rows;
}

describe('runBenchmarks', () => {
  it('reports the median, the throughput and the share of the roofline', async () => {
    const { state, host } = machine();
    const [row] = await rowsOf(host, [squares(state, 'exact', 4)]);
    expect(row).toMatchObject({
      status: 'ok',
      kernel: 'square',
      shape: { N: 4 },
      implementation: 'exact',
      ms: 4,
      low: 4,
      high: 4,
      samples: 5,
      // 4e6 flops and 4e5 bytes in 4 ms.
      gflops: 1,
      gbps: 0.1,
      shareOfCeiling: 0.5,
      leakedTensors: 0,
      leakedBytes: 0,
      error: 0,
    });
    expect(state.tensors).toBe(0);
  });

  it('never times what differs from the reference', async () => {
    const { state, host } = machine();
    const rows = await rowsOf(host, [squares(state, 'wrong', 1, { wrong: 0.01 }), squares(state, 'exact', 1)]);
    expect(rows.map((row) => [row.implementation, row.status])).toEqual([
      ['wrong', 'failed'],
      ['exact', 'ok'],
    ]);
    expect(rows[0]).toMatchObject({
      ms: null,
      reason: expect.stringContaining('y: error against the float64 reference') as string,
    });
    expect(state.order).not.toContain('wrong');
    expect(state.tensors).toBe(0);
  });

  it('takes the tolerance of an implementation that has one', async () => {
    const { state, host } = machine();
    const near = (name: string, tolerance: number) => ({
      ...squares(state, name, 1, { wrong: 0.01 }),
      tolerance: () => tolerance,
    });
    const rows = await rowsOf(host, [near('loose', 2e-3), near('strict', 1e-3)]);
    expect(rows.map((row) => [row.implementation, row.status, row.tolerance])).toEqual([
      ['strict', 'failed', 1e-3],
      ['loose', 'ok', 2e-3],
    ]);
  });

  it('never lets NaN agree', async () => {
    const { state, host } = machine();
    const [row] = await rowsOf(host, [squares(state, 'nan', 1, { wrong: NaN })]);
    expect(row).toMatchObject({ status: 'failed', nonFinite: { error: 'Infinity' } });
    expect(row.reason).toContain('y[0]: got NaN, wanted 0');
  });

  it('skips what cannot run here, with its reason, and fails what breaks while it is timed', async () => {
    const { state, host } = machine();
    const rows = await rowsOf(host, [
      squares(state, 'gpu', 1, { why: 'needs a GPU' }),
      squares(state, 'broken', 1, { throwsInStep: true }),
      squares(state, 'exact', 1),
    ]);
    expect(rows.map(({ implementation, status, reason }) => ({ implementation, status, reason }))).toEqual([
      { implementation: 'gpu', status: 'skipped', reason: 'needs a GPU' },
      { implementation: 'broken', status: 'failed', reason: 'device lost' },
      { implementation: 'exact', status: 'ok', reason: undefined },
    ]);
    expect(state.tensors).toBe(0);
  });

  it('counts what a step leaves behind', async () => {
    const { state, host } = machine();
    const [row] = await rowsOf(host, [squares(state, 'leaky', 1, { leaks: 2 })]);
    expect(row).toMatchObject({ leakedTensors: 10, leakedBytes: 40 });
  });

  it('says what a step takes, where something counts it', async () => {
    const { state, host } = machine();
    const counted = squares(state, 'counted', 1);
    const rows = await rowsOf(host, [
      {
        ...counted,
        open: (inputs) => ({
          ...counted.open(inputs),
          use: () => Promise.resolve({ allocatedBytes: 128, launches: 3 }),
        }),
      },
      squares(state, 'not counted', 1),
    ]);
    expect(rows.map(({ allocatedBytes, launches }) => [allocatedBytes, launches])).toEqual([
      [128, 3],
      [undefined, undefined],
    ]);
  });

  it('compares with what runs elsewhere by the rounds of both, and says nothing of its memory or its share', async () => {
    const { state, host } = machine();
    const elsewhere = { ...context, host: 'peer', backend: 'theirs', build: 'theirs 1' };
    const times = [8, 8, 6, 10, 8];
    const theirs = squares(state, 'theirs', 1, { leaks: 1 });
    const rows = await rowsOf(host, [
      squares(state, 'ours', 4),
      {
        ...theirs,
        elsewhere,
        open: (inputs) => ({
          ...theirs.open(inputs),
          // The warm-up asks as well, for one step.
          timed: (repeats) => Promise.resolve(state.order.length === 1 ? 8 : repeats * (times.shift() ?? 0)),
        }),
      },
      { ...squares(state, 'their wrong', 1, { wrong: 1 }), elsewhere },
    ]);
    expect(rows.map((row) => [row.implementation, row.status, row.host, row.backend, row.build])).toEqual([
      ['their wrong', 'failed', 'peer', 'theirs', 'theirs 1'],
      ['ours', 'ok', 'node', 'wasm', 'test-build'],
      ['theirs', 'ok', 'peer', 'theirs', 'theirs 1'],
    ]);
    expect(rows[1].ratios).toEqual({ theirs: { ratio: 2, low: 1.5, high: 2.5 } });
    expect(rows[2]).toMatchObject({ ms: 8, low: 6, high: 10, gflops: 0.5, shareOfCeiling: null });
    for (const field of ['ratios', 'leakedTensors', 'leakedBytes']) expect(rows[2]).not.toHaveProperty(field);
    const [table] = kernelTables(rows);
    expect(table.columns.at(-2)?.header).toBe('theirs ÷ this');
    expect(table.rows.map((cells) => cells.at(-2))).toEqual(['-', '2.00 (1.50-2.50)', '-']);
    expect(kernelTables(rows)).toHaveLength(1);
    expect(kernelCsv(rows).split('\n')[0]).toMatch(/,theirs ratio,theirs ratio low,theirs ratio high$/);
    expect(decodeRow(JSON.parse(encodeRow(rows[1])), 'row')).toEqual(rows[1]);
  });

  it('knows its number of shapes', () => {
    expect(shapeCount([declaration([]), declaration([])], 'full')).toBe(4);
  });
});

describe('interleavedTimings', () => {
  it('takes a sample of each in turn, the order reversed every other round', async () => {
    const order: string[] = [];
    let clock = 0;
    const task = (name: string) => ({
      name,
      step: () => {
        order.push(name);
        clock += 1;
        return Promise.resolve();
      },
    });
    const options = { ...timing, minSamples: 3, maxSamples: 3, now: () => clock };
    await interleavedTimings([task('a'), task('b')], options);
    expect(order.join('')).toBe('ab' + 'ab' + 'ba' + 'ab');
  });

  it('repeats a short step until the clock can see it', async () => {
    let clock = 0;
    const step = () => {
      clock += 0.25;
      return Promise.resolve();
    };
    const [outcome] = await interleavedTimings([{ name: 'short', step }], {
      ...timing,
      minSampleMs: 2,
      now: () => clock,
    });
    expect(outcome).toEqual({ times: [0.25, 0.25, 0.25, 0.25, 0.25] });
    expect(clock).toBe(0.25 + 5 * 8 * 0.25);
  });

  it('sees twice the work in twice the time', async () => {
    const work = (loops: number) => () => {
      let sum = 0;
      for (let i = 0; i < loops; i++) sum += Math.sqrt(i);
      return sum < 0 ? Promise.reject(new Error('impossible')) : Promise.resolve();
    };
    const [one, two] = await interleavedTimings(
      [
        { name: 'one', step: work(1e6) },
        { name: 'two', step: work(4e6) },
      ],
      { ...timing, minSamples: 9, maxSamples: 9, warmupSteps: 3, now: () => performance.now() },
    );
    if (!('times' in one) || !('times' in two)) throw new Error('not timed');
    expect(Math.min(...two.times) / Math.min(...one.times)).toBeGreaterThan(2);
  });

  it('refuses options that make no sense', async () => {
    const now = () => 0;
    await expect(interleavedTimings([], { ...timing, minSamples: 0, now })).rejects.toThrow('timing: options');
    await expect(interleavedTimings([], { ...timing, maxSamples: 2, now })).rejects.toThrow('timing: options');
  });
});

describe('agreement', () => {
  it('is relative to the largest reference value, absolute where that is zero', () => {
    expect(agreement({ y: [100, 0.001] }, { y: [100, 0] }, 1e-4)).toEqual({ error: 1e-5, failure: null });
    expect(agreement({ y: [1e-3] }, { y: [0] }, 1e-4).failure).toContain('1.00e-3');
  });

  it('needs the same names and sizes', () => {
    expect(agreement({ x: [1] }, { y: [1] }, 1).failure).toBe('outputs, got x, wanted y');
    expect(agreement({ y: [1, 2] }, { y: [1] }, 1).failure).toBe('y: values, got 2, wanted 1');
    expect(agreement({}, {}, 1).failure).toContain('wanted at least one');
    expect(agreement({ y: [] }, { y: [] }, 1).failure).toContain('y: values');
  });
});

describe('throughput', () => {
  it('takes the tighter of the two ceilings', () => {
    const cost = { flops: 1e9, bytes: 4e9 };
    expect(throughput(cost, 1000, { gflops: 10, gbps: 10 })).toEqual({ gflops: 1, gbps: 4, shareOfCeiling: 0.4 });
    expect(throughput(cost, 1000, null).shareOfCeiling).toBeNull();
  });
});
