import { rowKey, rowNames } from '../rows/name.js';
import type { Row } from '../rows/schema.js';

/** Which way a figure improves. */
export type Better = 'smaller' | 'bigger';

/** One number of a row that has a direction: what dashboards, histories and comparisons take. */
export interface Figure {
  /** The row's name. */
  readonly benchmark: string;
  /** The row's key: the same for the same measurement of another run. */
  readonly key: string;
  /** The row's field, such as `ms` or `knn`. */
  readonly measure: string;
  readonly unit: string;
  readonly better: Better;
  readonly value: number;
  /** The 95 % interval, null where the row has none. */
  readonly low: number | null;
  readonly high: number | null;
}

const accuracy = { unit: '%', better: 'bigger' } as const;
const speed = { unit: 'images/s', better: 'bigger' } as const;
const time = { unit: 'ms', better: 'smaller' } as const;

/** The fields of each kind that have a direction. A claim's effect and a gate's verdict have none. */
const measures: Readonly<Record<Row['kind'], Readonly<Record<string, Pick<Figure, 'unit' | 'better'>>>>> = {
  training: {
    knn: accuracy,
    linear: accuracy,
    knnProjector: accuracy,
    linearProjector: accuracy,
    imagesPerSecond: speed,
  },
  kernel: { ms: time },
  step: { ms: time },
  augmentation: { imagesPerSecond: speed },
  claim: {},
  gate: {},
};

/** Training rows are single runs and have no interval; the others have one figure, to which theirs belongs. */
const interval = (row: Row): Pick<Figure, 'low' | 'high'> =>
  row.kind === 'training' ? { low: null, high: null } : { low: number(row.low), high: number(row.high) };

const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);

/** The figures of all rows of status `ok`, in their order. */
export function figures(rows: readonly Row[]): Figure[] {
  const names = rowNames(rows);
  return rows.flatMap((row, i) => {
    if (row.status !== 'ok') return [];
    const key = rowKey(row);
    return Object.entries(measures[row.kind]).flatMap(([measure, { unit, better }]) => {
      const value = row[measure];
      if (typeof value !== 'number') return [];
      return [{ benchmark: names[i], key, measure, unit, better, value, ...interval(row) }];
    });
  });
}
