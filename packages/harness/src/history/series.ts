import { changePoints, defaultChangePointRule, type ChangePoint, type ChangePointRule } from './change-points.js';
import type { Night, NightFigure } from './night.js';
import type { Random } from '../statistics/random.js';

/** One figure over the nights that have it. */
export interface Series extends Pick<NightFigure, 'key' | 'benchmark' | 'measure' | 'unit' | 'better'> {
  readonly points: readonly SeriesPoint[];
}

interface SeriesPoint {
  readonly time: string;
  readonly commit: string;
  readonly value: number;
}

/** The series of a history, nights in the order of their times. */
export function seriesOf(nights: readonly Night[]): Series[] {
  const ordered = [...nights].sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
  const all = new Map<string, Omit<Series, 'points'> & { points: SeriesPoint[] }>();
  for (const { time, commit, figures } of ordered) {
    for (const { key, benchmark, measure, unit, better, value } of figures) {
      const series = all.get(key) ?? { key, benchmark, measure, unit, better, points: [] };
      series.points.push({ time, commit, value });
      all.set(key, series);
    }
  }
  return [...all.values()];
}

/** A change of a series in the terms of its repository. */
export interface SeriesChange extends ChangePoint {
  readonly series: Series;
  readonly verdict: 'better' | 'worse';
  /** `from..to` as git understands it: the commits among which the change is, with 95 % of the likelihood. */
  readonly commits: string;
}

/** Accuracies change by points and are deterministic where nothing changes; times and speeds by factors. */
const ruleOf = (series: Series): ChangePointRule =>
  series.unit === '%' ? { ...defaultChangePointRule, scale: 'linear', effect: 1 } : defaultChangePointRule;

/**
 * The lasting changes of a series.
 *
 * @param random a stream that depends on the series only, so that every reader finds the same changes.
 */
export function seriesChanges(series: Series, random: Random): SeriesChange[] {
  const { points, better } = series;
  return changePoints(
    points.map(({ value }) => value),
    random,
    ruleOf(series),
  ).map((change) => ({
    ...change,
    series,
    verdict: change.effect > 0 === (better === 'bigger') ? 'better' : 'worse',
    commits: `${points[change.earliest - 1].commit}..${points[change.latest].commit}`,
  }));
}
