import type { TextTable } from '../formats/table.js';
import { proportionInterval } from '../statistics/proportion.js';
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
