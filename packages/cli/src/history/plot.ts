import { dot, line, ruleX, text } from '@observablehq/plot';
import type { Series, SeriesChange } from '@jembench/harness';
import { svg } from '../output/svg.js';

/** A series as an SVG picture: its nights, the level between two changes, and the commits at which it changed. */
export function seriesPlot(series: Series, changes: readonly SeriesChange[]): string {
  const points = series.points.map(({ time, value, commit }) => ({ time: new Date(time), value, commit }));
  const marks = changes.map(({ index, verdict, commits }) => ({ time: points[index].time, verdict, commits }));
  const colour = (verdict: string): string => (verdict === 'worse' ? 'firebrick' : 'seagreen');
  return svg({
    width: 900,
    height: 300,
    marginLeft: 60,
    marginTop: 40,
    x: { type: 'utc', label: null },
    y: {
      grid: true,
      label: `${series.measure}${series.unit === series.measure ? '' : ` (${series.unit})`}`,
      nice: true,
    },
    marks: [
      ruleX(marks, { x: 'time', stroke: (mark: { verdict: string }) => colour(mark.verdict), title: 'commits' }),
      text(marks, { x: 'time', text: 'verdict', frameAnchor: 'top', dy: -8 }),
      dot(points, { x: 'time', y: 'value', r: 2, fill: '#4269d0', title: 'commit' }),
      line(levels(points, changes), { x: 'time', y: 'level', z: 'segment', stroke: 'black' }),
      text([series.benchmark], { frameAnchor: 'top-left', dy: -32, text: (name: string) => name, fontWeight: 'bold' }),
    ],
  });
}

/** Two ends of every stretch between changes, at the mean of its values. */
function levels(
  points: readonly { readonly time: Date; readonly value: number }[],
  changes: readonly SeriesChange[],
): { time: Date; level: number; segment: number }[] {
  const cuts = [0, ...changes.map(({ index }) => index), points.length];
  return cuts.slice(1).flatMap((end, segment) => {
    const stretch = points.slice(cuts[segment], end);
    const level = stretch.reduce((sum, { value }) => sum + value, 0) / stretch.length;
    return [stretch[0], stretch[stretch.length - 1]].map(({ time }) => ({ time, level, segment }));
  });
}
