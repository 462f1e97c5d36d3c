import { describe, expect, it } from 'vitest';
import { rootStream } from '@jembench/core';
import { proportionInterval } from '../statistics/proportion.js';
import { accuracyJudged } from './accuracy.js';
import { exactJudged } from './exact.js';
import { gateVerdict, type ControlOutcome, type GateLine } from './overall.js';
import { machines, simulatedAccuracies, SimulatedMachine } from '../fixtures/noise.js';
import { pairRatio, TimingProcedure } from './procedure.js';
import { lookedAt, repeated, throughputRule as rule, type Looked } from './throughput.js';

const stream = (name: string) => rootStream(6).fork('gate').fork(name);
/** Eight values with this mean, spread evenly by `spread`. */
const around = (mean: number, spread: number): number[] =>
  [-7, -5, -3, -1, 1, 3, 5, 7].map((i) => mean + (spread * i) / 7);
const verdict = (values: readonly number[], look: 1 | 2 = 1) => lookedAt([values], look, rule)[0];

describe('a timing', () => {
  it('fails when it is surely slower, by at least 5 %', () => {
    expect(verdict(around(0.1, 0.03))).toMatchObject({ verdict: 'fail', again: false, allowed: Math.log(1.05) });
    expect(verdict(around(0.1, 0.03)).effect).toBeCloseTo(0.1, 12);
  });

  it('warns when it is surely slower, by 3 to 5 %', () => {
    expect(verdict(around(0.04, 0.01)).verdict).toBe('warn');
    expect(verdict(around(0.02, 0.01)).verdict).toBe('pass');
    expect(verdict(around(-0.2, 0.01)).verdict).toBe('pass');
  });

  it('asks for a second look where the interval is too wide, then is inconclusive', () => {
    expect(verdict(around(0, 0.2))).toMatchObject({ verdict: 'inconclusive', again: true });
    expect(verdict(around(0, 0.2), 2)).toMatchObject({ verdict: 'inconclusive', again: false });
    expect(verdict(around(0.06, 0.1)).note).toBe('above what is allowed, but not significant');
  });

  it('has the t interval around its mean', () => {
    // Standard deviation of -7, -5 ... 7 is sqrt(24); t = 2.364624 on 7 degrees of freedom.
    const { low, high } = verdict(around(0, 0.007));
    expect(high).toBeCloseTo((2.364624 * Math.sqrt(24) * 0.001) / Math.sqrt(8), 8);
    expect(low).toBeCloseTo(-(high ?? NaN), 12);
  });

  it('is corrected for being one of many: what fails alone does not among a hundred', () => {
    const slow = around(0.09, 0.07);
    expect(verdict(slow).verdict).toBe('fail');
    const many = [slow, ...Array.from({ length: 99 }, () => around(0, 0.05))];
    expect(lookedAt(many, 1, rule)[0]).toMatchObject({ verdict: 'inconclusive', again: true });
  });

  it('that fails must fail again', () => {
    const first = verdict(around(0.1, 0.03));
    expect(repeated(first, around(0.08, 0.03), rule)).toEqual(first);
    expect(repeated(first, around(0.01, 0.03), rule)).toMatchObject({
      verdict: 'warn',
      note: 'did not repeat in fresh processes: 1.0 %',
    });
    expect(() => repeated(verdict(around(0, 0.01)), around(0, 0.01), rule)).toThrow('got pass, wanted fail');
  });

  it('that is not finite is refused', () => {
    expect(() => verdict([0, NaN])).toThrow('got NaN');
    expect(() => verdict([0])).toThrow('got 1, wanted at least 2');
  });
});

describe('a pair of processes', () => {
  it('says the median of its log-ratios', () => {
    const blocks = [
      { head: 2, base: 1 },
      { head: 1, base: 1 },
      { head: 300, base: 100 },
    ];
    expect(pairRatio(blocks, 'x')).toBeCloseTo(Math.log(2), 12);
  });

  it.each([NaN, 0, -1, Infinity])('with a time of %s is refused', (ms) => {
    const wanted = `sum: time of a step, got ${ms} ms, wanted a positive number`;
    expect(() => pairRatio([{ head: ms, base: 1 }], 'sum')).toThrow(wanted);
    expect(() => pairRatio([{ head: 1, base: ms }], 'sum')).toThrow(wanted);
  });
});

describe('the procedure', () => {
  const quiet = around(0, 0.01);
  const slow = around(0.1, 0.03);
  const wide = around(0, 0.2);

  it('asks for all, then for the undecided, then for those that fail', () => {
    const procedure = new TimingProcedure(3, rule);
    expect(procedure.wanted).toEqual({ look: 'first', benchmarks: [0, 1, 2] });
    procedure.give([quiet, slow, wide]);
    expect(procedure.wanted).toEqual({ look: 'second', benchmarks: [2] });
    procedure.give([quiet]);
    expect(procedure.wanted).toEqual({ look: 'again', benchmarks: [1] });
    procedure.give([slow]);
    expect(procedure.wanted).toBeNull();
    expect(procedure.lines.map(({ verdict: own }) => own)).toEqual(['pass', 'fail', 'pass']);
    expect(() => {
      procedure.give([]);
    }).toThrow('wanted 0');
  });

  it('has nothing to ask without benchmarks, and does not repeat a control', () => {
    expect(new TimingProcedure(0, rule).wanted).toBeNull();
    const control = new TimingProcedure(1, rule, { repeat: false });
    control.give([slow]);
    expect(control.wanted).toBeNull();
    expect(control.lines[0].verdict).toBe('fail');
  });

  it('corrects for those of its family that are measured elsewhere', () => {
    const afterOneLook = (family: number) => {
      const procedure = new TimingProcedure(1, rule, { family });
      procedure.give([around(0.09, 0.07)]);
      return procedure.lines[0].verdict;
    };
    expect([afterOneLook(1), afterOneLook(100)]).toEqual(['fail', 'inconclusive']);
  });
});

describe.each(Object.entries(machines))('a whole gate of 27 benchmarks on a simulated machine: %s', (name, noise) => {
  const others = new Array<number>(26).fill(0);
  const machine = () => new SimulatedMachine(noise, stream(name.replaceAll(' ', '-')));
  /** How many of so many gates have a line that is so. */
  const counted = (gates: number, effect: number, having: (lines: readonly Looked[]) => boolean): number => {
    const simulated = machine();
    return Array.from({ length: gates }, () => simulated.gate([effect, ...others], rule)).filter(having).length;
  };
  const failing = (lines: readonly Looked[]): boolean => lines.some(({ verdict: own }) => own === 'fail');

  it('fails without a change less often than one time in a hundred', () => {
    expect(proportionInterval(counted(1000, 0, failing), 1000).high).toBeLessThan(0.01);
  });

  it('finds 10 % and 20 % on one of them nine times in ten', () => {
    for (const slower of [0.1, 0.2]) {
      const found = counted(200, Math.log1p(slower), (lines) => lines[0].verdict === 'fail');
      expect(proportionInterval(found, 200).low, `+${100 * slower} %`).toBeGreaterThan(0.9);
    }
  });

  it('does not call 2 % a regression', () => {
    const found = counted(500, Math.log(1.02), (lines) => lines[0].verdict === 'fail');
    expect(proportionInterval(found, 500).high).toBeLessThan(0.02);
  });
});

describe('a machine with ten times the noise', () => {
  it('is not called quiet: 10 % is rarely found and never passes', () => {
    const random = stream('noisy');
    const source = () => Array.from({ length: 8 }, () => Math.log(1.1) + 0.2 * random.normal());
    const verdicts = Array.from({ length: 500 }, () => new TimingProcedure(1, rule).decided(source)[0].verdict);
    expect(verdicts.filter((one) => one === 'pass').length).toBeLessThan(25);
    expect(verdicts.filter((one) => one === 'inconclusive').length).toBeGreaterThan(400);
  });
});

describe('an accuracy', () => {
  const base = [60, 62, 58, 61];

  it('passes without statistics when every seed gives the same number', () => {
    expect(accuracyJudged(base, base, 8)).toMatchObject({ verdict: 'pass', note: 'the same number for every seed' });
  });

  it.each([
    ['pass', [0.1, -0.1, 0.2, -0.2], false],
    ['fail', [-3, -3.2, -2.8, -3.1], false],
    ['inconclusive', [-3, 3, -2, 1], true],
    ['inconclusive', [-0.9, -1, -1.1, -0.95], true],
  ] as const)('is %s for %j', (wanted, differences, again) => {
    const judged = accuracyJudged(
      differences.map((d, i) => base[i] + d),
      base,
      8,
    );
    expect(judged).toMatchObject({ verdict: wanted, again, allowed: 1 });
  });

  it('has no more seeds than the cap', () => {
    expect(accuracyJudged([57, 65, 56, 62], base, 4)).toMatchObject({ verdict: 'inconclusive', again: false });
    expect(() => accuracyJudged([1], [1, 2], 4)).toThrow('got 1 and 2, wanted the same seeds');
  });

  it('that is lower by the margin passes one time in twenty at most, at any number of seeds', () => {
    for (const seeds of [3, 5, 8]) {
      const passes = simulatedAccuracies(
        4000,
        -1,
        1,
        seeds,
        stream(`margin ${seeds}`),
        (head, own) => accuracyJudged(head, own, seeds).verdict === 'pass',
      );
      expect(proportionInterval(passes, 4000).low).toBeLessThan(0.05);
      expect(passes / 4000).toBeLessThan(0.06);
    }
  });

  it('that is lower by 3 points fails nine times in ten with eight seeds', () => {
    const fails = simulatedAccuracies(
      2000,
      -3,
      1,
      8,
      stream('-3'),
      (head, own) => accuracyJudged(head, own, 8).verdict === 'fail',
    );
    expect(proportionInterval(fails, 2000).low).toBeGreaterThan(0.9);
  });
});

describe('a count without noise', () => {
  it.each([
    [5, 5, 0, 'pass'],
    [4, 5, 0, 'pass'],
    [6, 5, 0, 'fail'],
    [6, 5, 1, 'pass'],
    [5, null, 0, 'neutral'],
    [null, 5, 0, 'fail'],
    [NaN, 5, 0, 'fail'],
  ] as const)('%s after %s, %s allowed: %s', (head, own, allowed, wanted) => {
    expect(exactJudged(head, own, allowed).verdict).toBe(wanted);
  });
});

describe('the whole gate', () => {
  const line = (
    own: GateLine['verdict'],
    kind: GateLine['kind'] = 'speed',
    host: GateLine['host'] = 'node',
  ): GateLine => ({
    host,
    benchmark: `${kind} ${own}`,
    kind,
    verdict: own,
  });
  const controls = (
    aa: GateLine['verdict'],
    slow: GateLine['verdict'],
    collapse: GateLine['verdict'],
  ): ControlOutcome[] => [
    { host: 'node', control: 'A/A', benchmark: 'x', verdict: aa },
    { host: 'node', control: 'slowdown', benchmark: 'x', verdict: slow },
    { host: 'node', control: 'collapse', benchmark: 'y', verdict: collapse },
  ];
  const inPage = (aa: GateLine['verdict'], slow: GateLine['verdict']): ControlOutcome[] => [
    { host: 'browser', control: 'A/A', benchmark: 'x', verdict: aa },
    { host: 'browser', control: 'slowdown', benchmark: 'x', verdict: slow },
  ];
  const good = controls('pass', 'fail', 'fail');

  it.each([
    ['PASS', 0, [line('pass'), line('neutral')], good],
    ['WARN', 0, [line('pass'), line('warn')], good],
    ['FAIL', 1, [line('pass'), line('fail')], good],
    ['FAIL', 1, [line('fail', 'exact'), line('inconclusive')], good],
    ['INCONCLUSIVE', 3, [line('pass'), line('inconclusive')], good],
    ['INCONCLUSIVE', 3, [line('neutral')], good],
    ['INCONCLUSIVE', 3, [], good],
    ['NOISY', 3, [line('pass')], controls('fail', 'fail', 'fail')],
    ['NOISY', 3, [line('fail')], controls('fail', 'fail', 'fail')],
    ['NOISY', 3, [line('pass')], controls('inconclusive', 'fail', 'fail')],
    ['NOISY', 3, [line('pass')], controls('pass', 'inconclusive', 'fail')],
    ['FAIL', 1, [line('fail', 'collapse')], controls('fail', 'fail', 'fail')],
    ['BROKEN', 3, [line('pass')], controls('pass', 'pass', 'fail')],
    ['BROKEN', 3, [line('pass')], controls('pass', 'fail', 'pass')],
    ['BROKEN', 3, [line('pass')], []],
    ['BROKEN', 3, [line('pass')], good.slice(0, 2)],
  ] as const)('is %s with exit code %s', (wanted, exit, lines, own) => {
    expect(gateVerdict(lines, own, ['node'])).toMatchObject({ verdict: wanted, exit });
  });

  it('names what it is about', () => {
    expect(gateVerdict([line('fail')], good, ['node']).reasons).toEqual(['speed fail']);
    expect(gateVerdict([line('pass')], controls('pass', 'warn', 'fail'), ['node']).reasons).toEqual([
      'control slowdown on x: warn, wanted fail',
    ]);
    expect(gateVerdict([], [], ['node']).reasons).toEqual([
      'control A/A in node: did not run',
      'control slowdown in node: did not run',
      'control collapse: did not run',
    ]);
  });

  it.each([
    ['PASS', 0, [line('pass')], inPage('pass', 'fail')],
    ['BROKEN', 3, [line('pass')], []],
    ['NOISY', 3, [line('pass')], inPage('fail', 'fail')],
    ['NOISY', 3, [line('fail', 'speed', 'browser')], inPage('fail', 'fail')],
    // The noise of a page says nothing of Node.
    ['FAIL', 1, [line('fail')], inPage('fail', 'fail')],
  ] as const)('of two hosts is %s with exit code %s', (wanted, exit, lines, page) => {
    expect(gateVerdict(lines, [...good, ...page], ['node', 'browser'])).toMatchObject({ verdict: wanted, exit });
  });
});
