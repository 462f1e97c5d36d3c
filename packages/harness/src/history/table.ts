import { effectText } from '../compare/table.js';
import { compact } from '../formats/numbers.js';
import type { TextTable } from '../formats/table.js';
import { proportionInterval } from '../statistics/proportion.js';
import type { SeriesChange } from './series.js';
import type { DetectionSummary } from './synthetic.js';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** The delays and false alarms of the detection on synthetic histories, a line a kind of history; rates with 95 % intervals. */
export function detectionTable(summaries: Readonly<Record<string, DetectionSummary>>): TextTable {
  const columns = ['nights', 'changes', 'found', 'median delay', 'longest delay', 'place in range', 'false alarms'];
  return {
    title: 'Change-point detection on synthetic histories',
    columns: [
      { header: 'history', align: 'left' },
      ...columns.map((header) => ({ header, align: 'right' as const })),
      { header: 'per 1,000 nights, 95 % interval', align: 'right' },
    ],
    rows: Object.entries(summaries).map(([name, summary]) => {
      const alarms = proportionInterval(summary.falseAlarms, summary.nights);
      const nights = (count: number | null): string => (count === null ? '-' : `${count} nights`);
      return [
        name,
        String(summary.nights),
        String(summary.changes),
        String(summary.found),
        nights(summary.medianDelay),
        nights(summary.longestDelay),
        summary.inRange === null ? '-' : percent(summary.inRange),
        String(summary.falseAlarms),
        `${(1000 * alarms.low).toFixed(2)} to ${(1000 * alarms.high).toFixed(2)}`,
      ];
    }),
  };
}

/** The changes of a history, a line each. */
export function changeTable(changes: readonly SeriesChange[], title: string): TextTable {
  const short = (range: string): string => range.replace(/\b([0-9a-f]{12})[0-9a-f]{28}\b/g, '$1');
  return {
    title,
    columns: [
      { header: 'benchmark', align: 'left' },
      { header: 'measure', align: 'left' },
      { header: 'since', align: 'left' },
      { header: 'before', align: 'right' },
      { header: 'after', align: 'right' },
      { header: 'effect', align: 'right' },
      { header: 'verdict', align: 'left' },
      { header: 'commits', align: 'left' },
      { header: 'found after', align: 'right' },
    ],
    rows: changes.map(({ series, index, foundAt, before, after, effect, verdict, commits }) => [
      series.benchmark,
      series.measure,
      series.points[index].time.slice(0, 10),
      compact(before),
      compact(after),
      effectText(effect, series.unit),
      verdict,
      short(commits),
      `${foundAt - index + 1} nights`,
    ]),
  };
}
