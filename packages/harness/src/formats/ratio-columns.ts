import type { KernelRow } from '../rows/schema.js';
import { compact } from './numbers.js';
import type { TextTable } from './table.js';

type Rated = Pick<KernelRow, 'ratios'>;

const peersOf = (rows: readonly Rated[]): string[] => [
  ...new Set(rows.flatMap(({ ratios = {} }) => Object.keys(ratios))),
];

/** Columns that say how many times as long each peer takes, with the interval; none where no peer was timed. */
export function ratioColumns(rows: readonly Rated[]): {
  readonly columns: TextTable['columns'];
  readonly cells: (row: Rated) => readonly string[];
} {
  const peers = peersOf(rows);
  return {
    columns: peers.map((peer) => ({ header: `${peer} ÷ this`, align: 'right' })),
    cells: ({ ratios = {} }) =>
      peers.map((peer) => {
        if (!Object.hasOwn(ratios, peer)) return '-';
        const { ratio, low, high } = ratios[peer];
        return `${compact(ratio)} (${compact(low)}-${compact(high)})`;
      }),
  };
}

/** The same for a spreadsheet: three fields a peer. */
export function ratioFields(rows: readonly Rated[]): (row: Rated) => Record<string, number | ''> {
  const peers = peersOf(rows);
  return ({ ratios = {} }) =>
    Object.fromEntries(
      peers.flatMap((peer) =>
        (['ratio', 'low', 'high'] as const).map((figure) => [
          figure === 'ratio' ? `${peer} ratio` : `${peer} ratio ${figure}`,
          Object.hasOwn(ratios, peer) ? ratios[peer][figure] : '',
        ]),
      ),
    );
}
