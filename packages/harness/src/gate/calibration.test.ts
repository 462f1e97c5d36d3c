import { describe, expect, it } from 'vitest';
import { rootStream } from '@jembench/core';
import { machines, SimulatedMachine, simulatedPair } from '../fixtures/noise.js';
import { proportionInterval, resampledInterval } from '../statistics/proportion.js';
import {
  calibratedRate,
  drawnAccuracies,
  drawnGates,
  drawnTimings,
  liveAccuracies,
  liveTimings,
  type SeedPair,
} from './calibration.js';
import { throughputRule as rule } from './throughput.js';

const stream = (name: string) => rootStream(6).fork('calibration').fork(name);
const noise = machines['two shared cores'];
const timings = (values: readonly number[], family = 27) => ({ values, pairs: 8, rule, family });
const record = (pairs: number, effect: number, name: string): number[] => {
  const random = stream(name);
  return Array.from({ length: pairs }, () => simulatedPair(effect, noise, random));
};

describe('live verdicts', () => {
  it('use every measurement once: one look of eight passes, a fail takes eight more', () => {
    const quiet = [-7, -5, -3, -1, 1, 3, 5, 7].map((i) => i / 1000);
    const slow = quiet.map((value) => value + 0.1);
    expect(liveTimings(timings([...quiet, ...slow, ...slow, ...quiet]))).toEqual(['pass', 'fail', 'pass']);
    // A fail whose repetition was not recorded is no verdict, nor is half a look.
    expect(liveTimings(timings([...quiet, ...slow, ...slow.slice(0, 7)]))).toEqual(['pass']);
    expect(liveTimings(timings([]))).toEqual([]);
  });

  it('of accuracies take more seeds where the first do not decide', () => {
    const pairs = (...differences: readonly number[]): SeedPair[] =>
      differences.map((difference) => ({ head: 60 + difference, base: 60 }));
    const counts = { seeds: 4, mostSeeds: 8 };
    const unsure = [-3, 3, -2, 1];
    expect(liveAccuracies(pairs(0, 0, 0, 0, -3, -3.2, -2.8, -3.1), counts)).toEqual(['pass', 'fail']);
    expect(liveAccuracies(pairs(...unsure, ...unsure, 0, 0, 0, 0), counts)).toEqual(['inconclusive', 'pass']);
    expect(liveAccuracies(pairs(...unsure, 0), counts)).toEqual([]);
  });
});

describe('drawn verdicts', () => {
  it('are as many as asked for, the same from the same stream, and none of too short a record', () => {
    const values = record(24, 0, 'drawn');
    const once = drawnTimings(timings(values), 100, stream('once'));
    expect(once).toHaveLength(100);
    expect(drawnTimings(timings(values), 100, stream('once'))).toEqual(once);
    expect(drawnTimings(timings(values.slice(0, 7)), 100, stream('once'))).toEqual([]);
    expect(drawnAccuracies([{ head: 1, base: 1 }], { seeds: 8, mostSeeds: 16 }, 10, stream('few'))).toEqual([]);
  });

  it('from a record of 24 pairs agree with fresh ones: few false alarms, 10 % is found', () => {
    const benchmarks = Array.from({ length: 12 }, (_, i) => record(24, 0, `benchmark ${i}`));
    const failing = drawnGates(benchmarks, 8, rule, 500, stream('gates'));
    expect(proportionInterval(failing, 500).high).toBeLessThan(0.02);
    benchmarks[0] = record(24, Math.log(1.1), 'slow');
    expect(drawnGates(benchmarks, 8, rule, 100, stream('slow gates'))).toBeGreaterThan(90);
  });

  it('of accuracies that are the same bits pass, and of 3 points less fail', () => {
    const random = stream('accuracies');
    const counts = { seeds: 8, mostSeeds: 16 };
    const pairs = (loss: number): SeedPair[] =>
      Array.from({ length: 32 }, () => ({ base: 60, head: 60 - loss * (1 + 0.3 * random.normal()) }));
    expect(new Set(drawnAccuracies(pairs(0), counts, 50, stream('same')))).toEqual(new Set(['pass']));
    expect(new Set(drawnAccuracies(pairs(3), counts, 50, stream('less')))).toEqual(new Set(['fail']));
  });
});

describe('a calibrated rate', () => {
  const many = <T>(count: number, value: T): T[] => new Array<T>(count).fill(value);

  it('of live verdicts is a proportion', () => {
    const { rate, ...counts } = calibratedRate({ live: ['fail', ...many(99, 'pass' as const)], drawn: [] }, ['fail']);
    expect(counts).toEqual({ verdicts: 100, live: 100 });
    expect(rate).toEqual(proportionInterval(1, 100));
  });

  it('gets no narrower by drawing again', () => {
    const live = many(12, 'pass' as const);
    const few = calibratedRate({ live, drawn: [] }, ['fail']).rate;
    const drawn = calibratedRate({ live, drawn: many(10_000, 'pass' as const) }, ['fail']);
    expect(drawn).toMatchObject({ verdicts: 10_012, live: 12 });
    expect(drawn.rate.high).toBeCloseTo(few.high, 12);
    expect(few.high).toBeGreaterThan(0.2);
  });

  it('without a live verdict says nothing', () => {
    expect(calibratedRate({ live: [], drawn: many(50, 'pass' as const) }, ['fail']).rate).toMatchObject({
      low: 0,
      high: 1,
    });
    expect(calibratedRate({ live: [], drawn: [] }, ['fail'])).toMatchObject({ verdicts: 0, live: 0 });
  });

  it('has the interval of the independent trials where the count is no whole number', () => {
    const between = resampledInterval(0.25, 10);
    expect(between.low).toBeGreaterThan(proportionInterval(2, 10).low);
    expect(between.low).toBeLessThan(proportionInterval(3, 10).low);
    expect(resampledInterval(0.2, 10)).toEqual(proportionInterval(2, 10));
    expect(() => resampledInterval(1.1, 10)).toThrow('got 1.1 and 10');
    expect(() => resampledInterval(0.1, 0)).toThrow('at least one trial');
  });

  it('covers the rate of a simulated machine', () => {
    // 40 records of 64 pairs each; the true rate of finding 5 % is that of 2000 fresh verdicts.
    const effect = Math.log(1.05);
    const machine = new SimulatedMachine(noise, stream('machine'));
    const fresh = Array.from({ length: 2000 }, () => machine.gate([effect], rule)[0].verdict === 'fail');
    const truth = fresh.filter(Boolean).length / fresh.length;
    const covered = Array.from({ length: 40 }, (_, i) => {
      const values = record(64, effect, `record ${i}`);
      const own = { ...timings(values, 1) };
      const verdicts = { live: liveTimings(own), drawn: drawnTimings(own, 100, stream(`draw ${i}`)) };
      const { low, high } = calibratedRate(verdicts, ['fail']).rate;
      return low <= truth && truth <= high;
    });
    expect(covered.filter(Boolean).length).toBeGreaterThanOrEqual(36);
  });
});
