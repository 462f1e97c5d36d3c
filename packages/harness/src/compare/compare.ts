import { HarnessError } from '../errors.js';
import { assertComparable } from '../fingerprint.js';
import { figures, type Better, type Figure } from '../formats/figures.js';
import { configurationKey, configurationNames, rowKey } from '../rows/name.js';
import type { Row } from '../rows/schema.js';
import { mean } from '../statistics/samples.js';
import { meanInterval } from '../statistics/t.js';
import { groupedBy } from '../grouped.js';

/**
 * - `equal`: every value is the same number on both sides
 * - `better`, `worse`: the interval of the effect lies on that side of 0
 * - `no difference shown`: the interval holds 0
 * - `inconclusive`: one pair only, from which no interval follows
 */
export type ComparisonVerdict = 'equal' | 'better' | 'worse' | 'no difference shown' | 'inconclusive';

/** One measure of one benchmark on both sides. */
export interface Comparison {
  readonly benchmark: string;
  readonly measure: string;
  /** Unit of `a` and `b`. */
  readonly unit: string;
  /** Pairs: seeds of a training run, 1 for a timing. */
  readonly n: number;
  /** Means over the pairs; null where that side has no result. */
  readonly a: number | null;
  readonly b: number | null;
  /** `b - a` in percentage points for accuracies, `ln(b / a)` for times and speeds; null where there is none. */
  readonly effect: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly verdict: ComparisonVerdict;
  /** What there is to know beside the numbers. */
  readonly note: string;
}

/** Two sets of rows against each other. */
export interface ComparedRows {
  readonly lines: readonly Comparison[];
  readonly onlyA: readonly string[];
  readonly onlyB: readonly string[];
}

/**
 * How far two runs of the same code, one after the other, may drift apart on a busy machine: the interval of every time and speed is
 * this much wider on both sides. Only the gate, which interleaves both sides, can resolve less.
 */
export const driftBetweenRuns = Math.log(1.1);

/**
 * Compares the rows of `b` with those of `a`, paired where they measure the same thing: training runs by their seed, timings by their
 * shape and implementation.
 *
 * Accuracies: mean difference with its paired t interval. Speeds of training: mean log-ratio with its paired t interval, widened by the
 * drift. Timings: log-ratio of the medians, the half-widths of both intervals added in quadrature, widened by the drift.
 *
 * @param across fields of the fingerprint that may differ (see `assertComparable`).
 * @throws HarnessError where nothing pairs, where a side has a measurement twice, and where the fingerprints of a pair differ.
 */
export function compareRows(a: readonly Row[], b: readonly Row[], across: readonly string[] = []): ComparedRows {
  const sideA = byKey(a, 'A');
  const sideB = byKey(b, 'B');
  const pairs = a.flatMap((row) => {
    const other = sideB.get(rowKey(row));
    return other === undefined ? [] : [{ a: row, b: other }];
  });
  if (pairs.length === 0) {
    throw new HarnessError(
      'compare: rows of both sides, got none that measure the same thing, wanted at least one pair of the same method, data set, ' +
        'options, sizes and seed, or of the same kernel, shape and implementation',
    );
  }
  for (const pair of pairs) assertComparable(pair.a.fingerprint, pair.b.fingerprint, across);
  const names = configurationNames([...a, ...b]);
  const nameOf = new Map([...a, ...b].map((row, i) => [configurationKey(row), names[i]]));
  const groups = groupedBy(pairs, (pair) => configurationKey(pair.a));
  const only = (rows: readonly Row[], other: ReadonlyMap<string, Row>): string[] => [
    ...new Set(rows.filter((row) => !other.has(rowKey(row))).map((row) => nameOf.get(configurationKey(row)) ?? '')),
  ];
  return {
    lines: [...groups].flatMap(([key, group]) => comparedGroup(nameOf.get(key) ?? key, group)),
    onlyA: only(a, sideB),
    onlyB: only(b, sideA),
  };
}

function byKey(rows: readonly Row[], side: string): ReadonlyMap<string, Row> {
  const all = new Map<string, Row>();
  const names = configurationNames(rows);
  for (const [i, row] of rows.entries()) {
    if (all.has(rowKey(row))) {
      throw new HarnessError(`compare: ${names[i]}, got it twice in ${side}, wanted one row a measurement`);
    }
    all.set(rowKey(row), row);
  }
  return all;
}

interface Pair {
  readonly a: Row;
  readonly b: Row;
}

function comparedGroup(benchmark: string, group: readonly Pair[]): Comparison[] {
  const measured = group.filter(({ a, b }) => a.status === 'ok' && b.status === 'ok');
  return [...brokenLines(benchmark, group), ...measuredLines(benchmark, measured)];
}

/** A run that one side cannot finish is worse or better without any statistics. */
function brokenLines(benchmark: string, group: readonly Pair[]): Comparison[] {
  const state = { benchmark, measure: 'status', unit: '', a: null, b: null, effect: null, low: null, high: null };
  const lineOf = (broken: readonly Row[], verdict: ComparisonVerdict, side: string): Comparison[] => {
    if (broken.length === 0) return [];
    const reasons = [...new Set(broken.map((row) => row.reason ?? row.status))].join('; ');
    return [{ ...state, n: broken.length, verdict, note: `${broken[0].status} in ${side}: ${reasons}` }];
  };
  return [
    ...lineOf(
      group.filter(({ a, b }) => a.status === 'ok' && b.status !== 'ok').map(({ b }) => b),
      'worse',
      'B',
    ),
    ...lineOf(
      group.filter(({ a, b }) => a.status !== 'ok' && b.status === 'ok').map(({ a }) => a),
      'better',
      'A',
    ),
  ];
}

function measuredLines(benchmark: string, pairs: readonly Pair[]): Comparison[] {
  if (pairs.length === 0) return [];
  const sides = (side: 'a' | 'b'): Figure[][] => pairs.map((pair) => figures([pair[side]]));
  const [a, b] = [sides('a'), sides('b')];
  const weights = sameWeights(pairs);
  return a[0].flatMap(({ measure, unit, better }) => {
    const both = pairs.flatMap((_, i) => {
      const one = a[i].find((figure) => figure.measure === measure);
      const two = b[i].find((figure) => figure.measure === measure);
      return one === undefined || two === undefined ? [] : [{ one, two }];
    });
    if (both.length === 0) return [];
    const [meanA, meanB] = [mean(both.map(({ one }) => one.value)), mean(both.map(({ two }) => two.value))];
    const effect = unit === '%' ? differenceOf(both) : ratioOf(both);
    return [
      {
        ...{ benchmark, measure, unit, n: both.length, a: meanA, b: meanB, ...effect },
        verdict: verdictOf(effect, better, unit === '%' && both.every(({ one, two }) => one.value === two.value)),
        note: unit === '%' ? weights : '',
      },
    ];
  });
}

/** Whether the trained weights are the same bits: then nothing but timings can differ. */
function sameWeights(pairs: readonly Pair[]): string {
  const known = pairs.filter(({ a, b }) => typeof a.weightsHash === 'string' && typeof b.weightsHash === 'string');
  if (known.length === 0) return '';
  const same = known.filter(({ a, b }) => a.weightsHash === b.weightsHash).length;
  return `weights equal for ${same} of ${known.length} seeds`;
}

interface Effect {
  readonly effect: number;
  readonly low: number | null;
  readonly high: number | null;
}

type Both = readonly { readonly one: Figure; readonly two: Figure }[];

function differenceOf(both: Both): Effect {
  const differences = both.map(({ one, two }) => two.value - one.value);
  if (differences.length < 2) return { effect: differences[0], low: null, high: null };
  const { estimate, low, high } = meanInterval(differences);
  return { effect: estimate, low, high };
}

function ratioOf(both: Both): Effect {
  const ratios = both.map(({ one, two }) => logRatio(one, two));
  if (ratios.length >= 2) {
    const { estimate, low, high } = meanInterval(ratios);
    return { effect: estimate, low: low - driftBetweenRuns, high: high + driftBetweenRuns };
  }
  const [{ one, two }] = both;
  const [effect] = ratios;
  const below = (figure: Figure): number => Math.log(figure.value / Math.max(figure.low ?? 0, Number.MIN_VALUE));
  const above = (figure: Figure): number => Math.log((figure.high ?? Infinity) / figure.value);
  if (one.low === null || two.low === null || one.high === null || two.high === null) {
    return { effect, low: null, high: null };
  }
  return {
    effect,
    low: effect - Math.hypot(below(two), above(one)) - driftBetweenRuns,
    high: effect + Math.hypot(above(two), below(one)) + driftBetweenRuns,
  };
}

function logRatio(one: Figure, two: Figure): number {
  if (one.value > 0 && two.value > 0) return Math.log(two.value / one.value);
  throw new HarnessError(
    `compare: ${one.benchmark} ${one.measure}, got ${one.value} and ${two.value}, wanted positive numbers; ` +
      'a time of 0 is below the tick of the clock',
  );
}

function verdictOf({ low, high }: Effect, better: Better, equal: boolean): ComparisonVerdict {
  if (equal) return 'equal';
  if (low === null || high === null) return 'inconclusive';
  if (low <= 0 && high >= 0) return 'no difference shown';
  return low > 0 === (better === 'bigger') ? 'better' : 'worse';
}
