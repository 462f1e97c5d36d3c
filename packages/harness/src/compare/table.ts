import { compact } from '../formats/numbers.js';
import type { TextTable } from '../formats/table.js';
import type { Comparison } from './compare.js';

const columns = [
  { header: 'benchmark', align: 'left' },
  { header: 'measure', align: 'left' },
  { header: 'n', align: 'right' },
  { header: 'A', align: 'right' },
  { header: 'B', align: 'right' },
  { header: 'effect', align: 'right' },
  { header: '95 % interval', align: 'right' },
  { header: 'verdict', align: 'left' },
  { header: 'note', align: 'left' },
] as const;

/** `+1.20 pt` for a difference of percentages, `+12.3 %` for a ratio. */
export function effectText(value: number | null, unit: string): string {
  if (value === null) return '-';
  const shown = unit === '%' ? value : 100 * Math.expm1(value);
  if (!Number.isFinite(shown)) return '-';
  return `${shown >= 0 ? '+' : ''}${shown.toFixed(unit === '%' ? 2 : 1)} ${unit === '%' ? 'pt' : '%'}`;
}

/** A comparison, a line a measure. */
export function comparisonTable(lines: readonly Comparison[]): TextTable {
  return {
    title: 'B against A',
    columns,
    rows: lines.map((line) => [
      line.benchmark,
      line.measure,
      String(line.n),
      compact(line.a),
      compact(line.b),
      effectText(line.effect, line.unit),
      line.low === null ? '-' : `${effectText(line.low, line.unit)} to ${effectText(line.high, line.unit)}`,
      line.verdict,
      line.note,
    ]),
  };
}
