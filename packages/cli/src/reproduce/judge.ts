import { fingerprintDifferences, type TrainingRow } from '@jembench/harness';

/** A hash or a metric of a published row against the same of the run made again. */
export interface Reproduced {
  readonly what: string;
  readonly published: string | number | null;
  readonly again: string | number | null;
  readonly verdict: 'equal' | 'within tolerance' | 'different' | 'not compared';
}

/** Percentage points, and the relative change of a spectrum's figures, that another build of the backend may make. */
const tolerance = { points: 1, relative: 0.05 } as const;

const exact = ['runId', 'datasetChecksum', 'weightsHash', 'verdict'] as const;
const accuracies = ['knn', 'linear', 'knnProjector', 'linearProjector'] as const;
const spectra = ['stdTimesSqrtD', 'effectiveRank', 'rankMe'] as const;

/**
 * Every hash and metric of a run against the same run made again. Hashes are equal or different; metrics may differ within a tolerance,
 * as they do with another build; a speed is compared on an equal machine only, and then within 10 %.
 *
 * `runId` covers the code: it differs after any change of it, which alone is no failure to reproduce.
 */
export function judged(published: TrainingRow, again: TrainingRow): Reproduced[] {
  const near = (
    what: (typeof accuracies | typeof spectra)[number],
    close: (a: number, b: number) => boolean,
  ): Reproduced => {
    const [a, b] = [published[what], again[what]];
    const verdict = a === b ? 'equal' : a !== null && b !== null && close(a, b) ? 'within tolerance' : 'different';
    return { what, published: a, again: b, verdict };
  };
  const [difference] = fingerprintDifferences(published.fingerprint, again.fingerprint);
  const [then, now] = [published.imagesPerSecond, again.imagesPerSecond];
  const comparable = difference === undefined && then !== null && now !== null && then > 0 && now > 0;
  const speed = comparable
    ? Math.abs(Math.log(now / then)) <= Math.log(1.1)
      ? 'within tolerance'
      : 'different'
    : 'not compared';
  return [
    ...exact.map((what): Reproduced => {
      const [a, b] = [published[what], again[what]];
      return { what, published: a, again: b, verdict: a === b ? 'equal' : 'different' };
    }),
    ...accuracies.map((what) => near(what, (a, b) => Math.abs(a - b) <= tolerance.points)),
    ...spectra.map((what) =>
      near(what, (a, b) => Math.abs(a - b) <= tolerance.relative * Math.max(Math.abs(a), Math.abs(b))),
    ),
    {
      what: difference === undefined ? 'imagesPerSecond' : `imagesPerSecond (another ${difference.field})`,
      published: then,
      again: now,
      verdict: speed,
    },
  ];
}

/** Whether the row is reproduced: equal to the bit, in its figures, or not. The name of the run and its speed do not count. */
export function overall(lines: readonly Reproduced[]): 'equal' | 'within tolerance' | 'different' {
  const results = lines.filter(({ what }) => what !== 'runId' && !what.startsWith('imagesPerSecond'));
  if (results.every(({ verdict }) => verdict === 'equal')) return 'equal';
  const figures = results.filter(({ what }) => what !== 'weightsHash');
  return figures.every(({ verdict }) => verdict !== 'different') ? 'within tolerance' : 'different';
}
