import { proportionInterval, resampledInterval } from '../statistics/proportion.js';
import type { Random } from '../statistics/random.js';
import type { Interval } from '../statistics/t.js';
import { accuracyJudged } from './accuracy.js';
import type { LineVerdict } from './line.js';
import { TimingProcedure } from './procedure.js';
import type { ThroughputRule } from './throughput.js';

/**
 * Verdicts on recorded measurements whose outcome is known beforehand.
 *
 * `live`: every measurement is part of one verdict at most, as in gates of their own. `drawn`: verdicts on measurements drawn from the
 * record with replacement; there may be any number of them, but they say no more about the machine than the live ones.
 */
export interface CalibrationVerdicts {
  readonly live: readonly LineVerdict[];
  readonly drawn: readonly LineVerdict[];
}

/** Values of one benchmark, and by how much it was made slower. */
export interface RecordedTimings {
  readonly values: readonly number[];
  /** Pairs of processes a look. */
  readonly pairs: number;
  readonly rule: ThroughputRule;
  /** Benchmarks of a whole gate, as in `lookedAt`. */
  readonly family: number;
}

/** As many verdicts as the record has measurements for, each measurement used once. A verdict that lacks some is none. */
export function liveTimings({ values, pairs, rule, family }: RecordedTimings): LineVerdict[] {
  const verdicts: LineVerdict[] = [];
  let place = 0;
  for (;;) {
    const procedure = new TimingProcedure(1, rule, { family });
    while (procedure.wanted !== null) {
      if (place + pairs > values.length) return verdicts;
      procedure.give([values.slice(place, (place += pairs))]);
    }
    verdicts.push(procedure.lines[0].verdict);
  }
}

/** Verdicts on values drawn with replacement; none of an empty record. */
export function drawnTimings(recorded: RecordedTimings, count: number, random: Random): LineVerdict[] {
  const { values, pairs, rule, family } = recorded;
  if (values.length < pairs) return [];
  return Array.from({ length: count }, () => {
    const [{ verdict }] = new TimingProcedure(1, rule, { family }).decided(() => drawn(values, pairs, random));
    return verdict;
  });
}

/**
 * How many of so many gates fail that look at all these benchmarks, on values drawn with replacement.
 *
 * @param benchmarks the values of each.
 */
export function drawnGates(
  benchmarks: readonly (readonly number[])[],
  pairs: number,
  rule: ThroughputRule,
  gates: number,
  random: Random,
): number {
  const source = (benchmark: number): readonly number[] => drawn(benchmarks[benchmark], pairs, random);
  let failing = 0;
  for (let gate = 0; gate < gates; gate++) {
    const lines = new TimingProcedure(benchmarks.length, rule).decided(source);
    if (lines.some(({ verdict }) => verdict === 'fail')) failing++;
  }
  return failing;
}

/** Accuracies of one seed, percent. */
export interface SeedPair {
  readonly head: number;
  readonly base: number;
}

/** How many seeds a gate takes, and how many at most. */
export interface SeedCounts {
  readonly seeds: number;
  readonly mostSeeds: number;
}

/** As `liveTimings`, of accuracies. */
export function liveAccuracies(record: readonly SeedPair[], counts: SeedCounts): LineVerdict[] {
  const verdicts: LineVerdict[] = [];
  let place = 0;
  for (;;) {
    const verdict = accuracyVerdict(counts, (more) => {
      const taken = record.slice(place, place + more);
      place += more;
      return taken.length === more ? taken : null;
    });
    if (verdict === null) return verdicts;
    verdicts.push(verdict);
  }
}

/** As `drawnTimings`, of accuracies. */
export function drawnAccuracies(
  record: readonly SeedPair[],
  counts: SeedCounts,
  count: number,
  random: Random,
): LineVerdict[] {
  if (record.length < counts.seeds) return [];
  return Array.from({ length: count }, () => accuracyVerdict(counts, (more) => drawn(record, more, random))).filter(
    (verdict) => verdict !== null,
  );
}

/** The gate's procedure: some seeds, more where they do not decide. Null where the record has no more. */
function accuracyVerdict(
  { seeds, mostSeeds }: SeedCounts,
  next: (more: number) => readonly SeedPair[] | null,
): LineVerdict | null {
  let taken = next(seeds);
  if (taken === null) return null;
  const judged = (pairs: readonly SeedPair[]) =>
    accuracyJudged(
      pairs.map(({ head }) => head),
      pairs.map(({ base }) => base),
      mostSeeds,
    );
  const first = judged(taken);
  if (!first.again) return first.verdict;
  const more = next(mostSeeds - seeds);
  if (more === null) return null;
  taken = [...taken, ...more];
  return judged(taken).verdict;
}

const drawn = <T>(values: readonly T[], count: number, random: Random): T[] =>
  Array.from({ length: count }, () => values[Math.floor(values.length * random.uniform())]);

/** How often something happened. */
export interface CalibratedRate {
  readonly verdicts: number;
  /** Of those, verdicts on measurements of their own. */
  readonly live: number;
  /**
   * The rate over all verdicts; its 95 % interval is that of as many verdicts as there are live ones, since drawing again adds none.
   * Without any live one it is all of 0 to 1.
   */
  readonly rate: Interval;
}

/** How often the verdict is one of these. */
export function calibratedRate(
  { live, drawn: again }: CalibrationVerdicts,
  those: readonly LineVerdict[],
): CalibratedRate {
  const hits = [...live, ...again].filter((verdict) => those.includes(verdict)).length;
  const verdicts = live.length + again.length;
  if (verdicts === 0 || live.length === 0) {
    const estimate = verdicts === 0 ? 0 : hits / verdicts;
    return { verdicts, live: 0, rate: { estimate, low: 0, high: 1, n: 0 } };
  }
  const rate =
    again.length === 0 ? proportionInterval(hits, live.length) : resampledInterval(hits / verdicts, live.length);
  return { verdicts, live: live.length, rate };
}
