import type { Stream } from '@jembench/core';
import {
  calibratedRate,
  calibrationVerdict,
  checkedRow,
  drawnAccuracies,
  drawnGates,
  drawnTimings,
  liveAccuracies,
  liveTimings,
  throughputRule,
  type CalibrationLine,
  type CalibrationVerdicts,
  type LineVerdict,
  type Row,
  type RowContext,
  type SeedPair,
} from '@jembench/harness';
import type { Effort } from '../gate/measure.js';
import type { TrainedSeed } from '../gate/protocol.js';
import { collapsed } from '../gate/training.js';
import type { CalibrationFile } from './file.js';
import { isTrainingStep, losses, recorded, slowdowns } from './measure.js';

/** What the issue of a calibration is about: whole gates that cry wolf, and slowdowns that are found. */
const falseAlarms = { atMost: 0.01 } as const;
const power = { atLeast: 0.9 } as const;
/** Gates drawn for the rate of whole gates. */
const gates = 1000;

interface Source {
  readonly file: CalibrationFile;
  readonly effort: Effort;
  /** Verdicts a class, at least: where there are fewer live ones, the rest is drawn. */
  readonly verdicts: number;
  /** Benchmarks of a whole gate. */
  readonly family: number;
  readonly random: Stream;
}

/** The rates that the record shows, class by class and injection by injection. A class without a measurement has no line. */
export function calibrationLines(source: Source): CalibrationLine[] {
  return [...timingLines(source), ...accuracyLines(source), ...invariantLines(source), ...gateLines(source)];
}

const line = (
  about: string,
  injected: string,
  verdicts: CalibrationVerdicts,
  wanted: CalibrationLine['wanted'],
): CalibrationLine[] =>
  verdicts.live.length + verdicts.drawn.length === 0
    ? []
    : [
        {
          ...{ about, injected, wanted },
          failed: calibratedRate(verdicts, ['fail']),
          notPassed: calibratedRate(verdicts, ['fail', 'inconclusive']),
        },
      ];

/** `nothing`, `+10 %`. */
const slowdown = (share: number): string => (share === 0 ? 'nothing' : `+${Math.round(100 * share)} %`);

function timingLines({ file, effort, verdicts, family, random }: Source): CalibrationLine[] {
  const measured = [...new Set(file.timings.map(({ benchmark }) => benchmark))];
  return (['kernels', 'training steps'] as const).flatMap((about) =>
    [0, ...slowdowns].flatMap((share) => {
      const records = measured
        .filter((benchmark) => isTrainingStep(benchmark) === (about === 'training steps'))
        .map((benchmark) => recorded({ file, effort }, benchmark, share, family))
        .filter(({ values }) => values.length >= effort.pairs);
      const live = records.flatMap((record) => liveTimings(record));
      const each = Math.ceil(Math.max(0, verdicts - live.length) / records.length);
      const drawn = records.flatMap((record, i) => drawnTimings(record, each, random.fork(`${about} ${share} ${i}`)));
      return line(about, slowdown(share), { live, drawn }, share === 0.1 ? power : null);
    }),
  );
}

function accuracyLines({ file: { seeds }, effort, verdicts, random }: Source): CalibrationLine[] {
  const kinds: [injected: string, pairs: SeedPair[]][] = [
    ['nothing', seeds.map(({ base, same }) => ({ base, head: same }))],
    ['other bits', seeds.map(({ base, rounded }) => ({ base, head: rounded }))],
    ...losses.flatMap((points): [string, SeedPair[]][] => [
      [`-${points} points`, seeds.map(({ base, sameLess }) => ({ base, head: sameLess[points] }))],
      [`-${points} points, other bits`, seeds.map(({ base, roundedLess }) => ({ base, head: roundedLess[points] }))],
    ]),
  ];
  return kinds.flatMap(([injected, pairs]) => {
    const live = liveAccuracies(pairs, effort);
    const missing = Math.max(0, verdicts - live.length);
    return line(
      'accuracy',
      injected,
      { live, drawn: drawnAccuracies(pairs, effort, missing, random.fork(`accuracy ${injected}`)) },
      null,
    );
  });
}

/** One verdict a seed, and one a benchmark and pair of processes: all of them live. */
function invariantLines({ file: { seeds, timings } }: Source): CalibrationLine[] {
  const said = (failed: boolean): LineVerdict => (failed ? 'fail' : 'pass');
  const run = (verdict: string): TrainedSeed => ({ knn: null, verdict, weightsHash: '', less: [] });
  const healthy = seeds.flatMap(({ verdicts: { base, same, rounded } }) =>
    [same, rounded].map((head) => said(collapsed(run(head), run(base)))),
  );
  const broken = seeds.map(({ verdicts: { collapse } }) => said(collapsed(run(collapse), null)));
  const counted = timings.filter(({ injected }) => injected === 0).map(({ moved }) => said(moved.length > 0));
  return [
    ...line('collapse, a seed', 'nothing', { live: healthy, drawn: [] }, null),
    ...line('collapse, a seed', 'no variance term', { live: broken, drawn: [] }, power),
    ...line('launches, bytes and leaks', 'nothing', { live: counted, drawn: [] }, null),
  ];
}

/** Timings of whole gates: drawn, and as many live ones as the benchmark with the fewest has verdicts. */
function gateLines({ file, effort, family, random }: Source): CalibrationLine[] {
  const benchmarks = [...new Set(file.timings.map(({ benchmark }) => benchmark))];
  const records = benchmarks.map((benchmark) => recorded({ file, effort }, benchmark, 0, family));
  if (benchmarks.length < family || records.some(({ values }) => values.length < effort.pairs)) return [];
  const each = records.map((record) => liveTimings(record));
  const live = Array.from({ length: Math.min(...each.map(({ length }) => length)) }, (_, gate): LineVerdict =>
    each.some((own) => own[gate] === 'fail') ? 'fail' : 'pass',
  );
  const values = records.map((record) => record.values);
  const failing = drawnGates(values, effort.pairs, throughputRule, gates, random.fork('gates'));
  const drawn = Array.from({ length: gates }, (_, i): LineVerdict => (i < failing ? 'fail' : 'pass'));
  const { failed } = line('', '', { live, drawn }, null)[0];
  // Whether a gate is undecided is not counted: its controls, which are not measured here, say so as well.
  return [{ about: 'timings of a whole gate', injected: 'nothing', failed, notPassed: failed, wanted: falseAlarms }];
}

/** The rates as rows: the effect is the rate of fails. */
export const calibrationRows = (lines: readonly CalibrationLine[], context: RowContext): Row[] =>
  lines.map((each) => {
    const { about, injected, failed, notPassed, wanted } = each;
    return checkedRow({
      ...context,
      ...{ kind: 'gate', of: 'calibration', status: 'ok' },
      benchmark: `calibration: ${about}, ${injected}`,
      ...{ effect: failed.rate.estimate, low: failed.rate.low, high: failed.rate.high },
      allowed: wanted === null ? null : 'atMost' in wanted ? wanted.atMost : wanted.atLeast,
      verdict: calibrationVerdict(each),
      ...{ about, injected, verdicts: failed.verdicts, live: failed.live },
      ...{ notPassed: notPassed.rate.estimate, notPassedLow: notPassed.rate.low, notPassedHigh: notPassed.rate.high },
    });
  });
