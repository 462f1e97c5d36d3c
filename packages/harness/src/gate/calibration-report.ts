import { stringify } from 'csv-stringify/sync';
import type { TextTable } from '../formats/table.js';
import type { CalibratedRate } from './calibration.js';

/** A line of a calibration: verdicts whose right answer is known. */
export interface CalibrationLine {
  /** `kernels`, `whole gate`. */
  readonly about: string;
  /** What was done to the head: `nothing`, `+10 %`, `-3 points`. */
  readonly injected: string;
  /** How often a gate fails for it, and how often it does not pass (fails or stays undecided). */
  readonly failed: CalibratedRate;
  readonly notPassed: CalibratedRate;
  /** The rate of fails that is wanted; null where none is. */
  readonly wanted: { readonly atMost: number } | { readonly atLeast: number } | null;
}

const percent = (rate: number): string => `${(100 * rate).toFixed(1)} %`;
const wantedText = ({ wanted }: CalibrationLine): string =>
  wanted === null ? '-' : 'atMost' in wanted ? `<= ${percent(wanted.atMost)}` : `>= ${percent(wanted.atLeast)}`;

/** What the interval of the rate of fails says of the wanted rate: shown, refuted, or too few verdicts for either. */
export function calibrationVerdict({ failed: { rate }, wanted }: CalibrationLine): 'pass' | 'fail' | 'inconclusive' {
  if (wanted === null) return 'pass';
  const [shown, refuted] =
    'atMost' in wanted
      ? [rate.high <= wanted.atMost, rate.low > wanted.atMost]
      : [rate.low >= wanted.atLeast, rate.high < wanted.atLeast];
  return shown ? 'pass' : refuted ? 'fail' : 'inconclusive';
}

/** The rates as a table, with the interval of each. */
export function calibrationTable(lines: readonly CalibrationLine[], title: string): TextTable {
  const left = (header: string) => ({ header, align: 'left' as const });
  const right = (header: string) => ({ header, align: 'right' as const });
  const cells = ({ rate }: CalibratedRate): string[] => [
    percent(rate.estimate),
    `${percent(rate.low)} to ${percent(rate.high)}`,
  ];
  return {
    title,
    columns: [
      ...[left('verdicts on'), left('injected'), right('verdicts'), right('of those live')],
      ...[right('fail'), right('95 % interval'), right('fail or undecided'), right('95 % interval'), right('wanted')],
    ],
    rows: lines.map((line) => [
      ...[line.about, line.injected, String(line.failed.verdicts), String(line.failed.live)],
      ...[...cells(line.failed), ...cells(line.notPassed), wantedText(line)],
    ]),
  };
}

/** The same figures as CSV, rates from 0 to 1. */
export function calibrationCsv(lines: readonly CalibrationLine[]): string {
  return stringify(
    lines.map((line) => ({
      ...{ about: line.about, injected: line.injected, verdicts: line.failed.verdicts, live: line.failed.live },
      ...{ fail: line.failed.rate.estimate, fail_low: line.failed.rate.low, fail_high: line.failed.rate.high },
      not_passed: line.notPassed.rate.estimate,
      ...{ not_passed_low: line.notPassed.rate.low, not_passed_high: line.notPassed.rate.high },
      wanted: wantedText(line),
    })),
    { header: true },
  );
}
