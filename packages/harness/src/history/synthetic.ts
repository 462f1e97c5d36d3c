import { changePoints, type ChangePoint, type ChangePointRule } from './change-points.js';
import type { Random } from '../statistics/random.js';
import { median } from '../statistics/samples.js';

/** A change that a synthetic history has. */
export interface TrueChange {
  /** The first night with it. */
  readonly index: number;
  /** By which factor the value changes. */
  readonly factor: number;
}

/** The noise of a nightly timing. */
export interface NightlyNoise {
  /** Standard deviation of the logarithm. */
  readonly sigma: number;
  /** Share of nights on which something else ran on the machine, and by which factor they are slower at most. */
  readonly outliers: number;
  readonly outlierFactor: number;
}

/** Fewer bad nights than a shared machine has would make the test too easy. */
export const usualNoise: NightlyNoise = { sigma: 0.02, outliers: 0.03, outlierFactor: 1.3 };

/** Eight changes of 4 to 20 %, up and down, among 1,000 nights. */
export const usualChanges: readonly TrueChange[] = [
  { index: 100, factor: 1.1 },
  { index: 220, factor: 0.92 },
  { index: 330, factor: 1.05 },
  { index: 450, factor: 1.2 },
  { index: 560, factor: 0.85 },
  { index: 690, factor: 1.04 },
  { index: 800, factor: 0.95 },
  { index: 920, factor: 1.07 },
];

/** Nightly values around 10 with known changes. */
export function syntheticHistory(
  nights: number,
  changes: readonly TrueChange[],
  noise: NightlyNoise,
  random: Random,
): number[] {
  let level = 10;
  return Array.from({ length: nights }, (_, night) => {
    for (const { index, factor } of changes) if (index === night) level *= factor;
    const disturbed = random.uniform() < noise.outliers ? 1 + random.uniform() * (noise.outlierFactor - 1) : 1;
    return level * disturbed * Math.exp(noise.sigma * random.normal());
  });
}

/** What became of one true change. */
interface Detection extends TrueChange {
  /** Nights until it was told, the first night with it counted as 1; null where it never was. */
  readonly delay: number | null;
  /** How many nights the place that was told is off. */
  readonly offset: number | null;
  /** Whether the range of places that was told holds the true one. */
  readonly inRange: boolean | null;
}

/** How well a rule found the changes of a history. */
export interface DetectionReport {
  readonly nights: number;
  readonly detections: readonly Detection[];
  /** Changes told that belong to no true one. */
  readonly falseAlarms: readonly ChangePoint[];
}

/** A told change belongs to a true one that came at most this many nights before it was told and is at most ten nights from its place. */
const longestDelay = 50;
const farthest = 10;

/** Runs the detection over a history whose changes are known. */
export function detectionReport(
  values: readonly number[],
  changes: readonly TrueChange[],
  random: Random,
  rule?: ChangePointRule,
): DetectionReport {
  const told = changePoints(values, random, rule);
  const used = new Set<ChangePoint>();
  const detections = changes.map((change): Detection => {
    const match = told.find(
      (point) =>
        !used.has(point) &&
        point.foundAt >= change.index &&
        point.foundAt - change.index < longestDelay &&
        Math.abs(point.index - change.index) <= farthest &&
        point.effect > 0 === change.factor > 1,
    );
    if (match === undefined) return { ...change, delay: null, offset: null, inRange: null };
    used.add(match);
    return {
      ...change,
      delay: match.foundAt - change.index + 1,
      offset: match.index - change.index,
      inRange: match.earliest <= change.index && change.index <= match.latest,
    };
  });
  return { nights: values.length, detections, falseAlarms: told.filter((point) => !used.has(point)) };
}

/** The reports of many histories in a few numbers. */
export interface DetectionSummary {
  readonly histories: number;
  readonly nights: number;
  readonly changes: number;
  readonly found: number;
  readonly medianDelay: number | null;
  readonly longestDelay: number | null;
  /** Share of the found changes whose told range of nights holds the true one. */
  readonly inRange: number | null;
  readonly falseAlarms: number;
}

export function detectionSummary(reports: readonly DetectionReport[]): DetectionSummary {
  const detections = reports.flatMap((report) => report.detections);
  const delays = detections.map(({ delay }) => delay).filter((delay) => delay !== null);
  const some = delays.length > 0;
  return {
    histories: reports.length,
    nights: reports.reduce((sum, { nights }) => sum + nights, 0),
    changes: detections.length,
    found: delays.length,
    medianDelay: some ? median(delays) : null,
    longestDelay: some ? Math.max(...delays) : null,
    inRange: some ? detections.filter(({ inRange }) => inRange === true).length / delays.length : null,
    falseAlarms: reports.reduce((sum, { falseAlarms }) => sum + falseAlarms.length, 0),
  };
}
