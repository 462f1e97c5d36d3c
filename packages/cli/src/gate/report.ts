import { checkedRow, renderMarkdown, type Row, type RowContext, type TextTable } from '@jembench/harness';
import type { HostName } from '../jobs/job.js';
import type { Line } from './line.js';
import type { GateResult } from './run.js';

/** The command that measures a line again; null for the whole gate. */
export type Again = (line: Pick<Line, 'host' | 'benchmark'> | null) => string;

/** `+3.2 %` for speeds, points for accuracies, plain counts elsewhere. */
function shown(value: number | null, kind: Line['kind']): string {
  if (value === null) return '-';
  const sign = value > 0 ? '+' : '';
  if (kind === 'speed') return `${sign}${(100 * Math.expm1(value)).toFixed(1)} %`;
  return kind === 'accuracy' ? `${sign}${value.toFixed(2)} pt` : `${sign}${value}`;
}

/** What may be worse: slower by so much, lower by so many points, more by so many. */
const allowed = ({ allowed: value, kind }: Line): string =>
  kind === 'accuracy' ? `-${value.toFixed(2)} pt` : kind === 'speed' ? shown(value, kind) : `+${value}`;

/** The lines of a gate that say something, and the command that measures each again; counts that did not change are summed up. */
export function gateTable(result: GateResult, again: Again): TextTable {
  const quiet = result.lines.filter(
    ({ kind, verdict, effect }) => kind === 'exact' && verdict === 'pass' && effect === 0,
  );
  const controls = result.controls.map((one): Line => ({
    ...one,
    benchmark: `control ${one.control}: ${one.benchmark}`,
    kind: one.control === 'collapse' ? 'collapse' : 'speed',
  }));
  const row = (line: Line, command: string): string[] => [
    line.benchmark,
    shown(line.effect, line.kind),
    line.low === null ? '-' : `${shown(line.low, line.kind)} to ${shown(line.high, line.kind)}`,
    allowed(line),
    line.verdict,
    line.note,
    command,
  ];
  return {
    title: `Gate: ${result.verdict}${result.reasons.length > 0 ? ` (${result.reasons.join('; ')})` : ''}`,
    columns: [
      { header: 'benchmark', align: 'left' },
      { header: 'effect', align: 'right' },
      { header: '95 % interval', align: 'right' },
      { header: 'allowed', align: 'right' },
      { header: 'verdict', align: 'left' },
      { header: 'note', align: 'left' },
      { header: 'again with', align: 'left' },
    ],
    rows: [
      ...result.lines.filter((line) => !quiet.includes(line)).map((line) => row(line, again(line))),
      ...(quiet.length > 0
        ? [
            [
              'launches, peak bytes, leaks, sizes',
              '+0',
              '+0 to +0',
              '+0',
              'pass',
              `${quiet.length} counts unchanged`,
              again(null),
            ],
          ]
        : []),
      ...controls.map((line) => row(line, again(null))),
    ],
  };
}

/** Every line and control as a row, in the context of its host; without one in that of the first. */
export function gateRows(result: GateResult, contexts: ReadonlyMap<HostName, RowContext>, again: Again): Row[] {
  const [first] = contexts.values();
  const all = [
    ...result.lines.map((line) => ({ ...line, name: line.benchmark, command: again(line) })),
    ...result.controls.map((one) => ({
      ...{ ...one, kind: 'control', name: `control ${one.control}: ${one.benchmark}` },
      command: again(null),
    })),
  ];
  return all.map(({ name, command, host, kind, effect, low, high, allowed: margin, verdict, note }) =>
    checkedRow({
      ...(contexts.get(host) ?? first),
      command,
      kind: 'gate',
      ...(effect === null && { reason: note === '' ? verdict : note }),
      status: effect !== null ? 'ok' : verdict === 'fail' && kind !== 'control' ? 'failed' : 'skipped',
      benchmark: name,
      ...{ effect, low, high, allowed: margin, verdict, note, of: kind },
      ...(kind === 'speed' && { clock: result.sides.get(host)?.clock ?? null }),
    }),
  );
}

export const gateMarkdown = (result: GateResult, again: Again): string => renderMarkdown(gateTable(result, again));
