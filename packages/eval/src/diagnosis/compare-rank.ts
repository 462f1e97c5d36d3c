import { InputError } from '@jembench/core';
import { collapseCriteria } from './criteria.js';
import type { Diagnosis } from './diagnose.js';

/** What {@link compareRank} needs of a diagnosis. */
export type RankedRun = Pick<Diagnosis, 'verdict' | 'effectiveRank' | 'rankMe' | 'rankCap'>;

/** Ranks of some runs against those of reference runs. */
export interface RankComparison {
  /**
   * `type-2`: every run has less than half the effective rank of every reference run. `not-lower`: some run has not. `inconclusive`:
   * a rank is undefined, or the reference has collapsed itself.
   */
  readonly verdict: 'type-2' | 'not-lower' | 'inconclusive';
  /** Highest effective rank of the runs over the lowest of the references: the comparison least in favour of the verdict. */
  readonly effectiveRankRatio: number | null;
  /** The same for RankMe. */
  readonly rankMeRatio: number | null;
  readonly reasons: readonly string[];
}

/**
 * Type 2 collapse against a reference: whether runs use far fewer directions than the reference's, such as VICReg without its
 * covariance term against the full loss.
 *
 * A rank that is low for what the loss can reach need not be low in itself: 30 of 128 is healthy, unless the full loss reaches 100.
 *
 * @param runs one or more diagnoses (seeds). @param references likewise, of embeddings of the same number and width.
 * @throws InputError for no runs, or rank caps that differ: ranks under different caps do not compare.
 */
export function compareRank(
  runs: RankedRun | readonly RankedRun[],
  references: RankedRun | readonly RankedRun[],
): RankComparison {
  const mine: readonly RankedRun[] = [runs].flat();
  const theirs: readonly RankedRun[] = [references].flat();
  if (mine.length === 0 || theirs.length === 0) {
    throw new InputError(
      `compareRank: got ${mine.length} runs and ${theirs.length} references, wanted at least one of each`,
    );
  }
  const caps = new Set([...mine, ...theirs].map((run) => run.rankCap));
  if (caps.size > 1) {
    throw new InputError(
      `compareRank: rank caps, got ${[...caps].join(' and ')}, wanted one; embed the same number of images with the same width`,
    );
  }
  const effectiveRankRatio = ratio(mine, theirs, 'effectiveRank');
  const rankMeRatio = ratio(mine, theirs, 'rankMe');
  const collapsed = theirs.find((run) => run.verdict !== 'healthy');
  if (collapsed !== undefined || effectiveRankRatio === null) {
    const reason =
      collapsed !== undefined
        ? `the reference is no yardstick: it is ${collapsed.verdict} itself`
        : 'a run has no effective rank: it is constant or has diverged';
    return { verdict: 'inconclusive', effectiveRankRatio, rankMeRatio, reasons: [reason] };
  }
  const least = collapseCriteria.leastShareOfReferenceRank;
  const isLower = effectiveRankRatio < least;
  const shares =
    `at most ${percent(effectiveRankRatio)} of the reference's effective rank ` +
    `(RankMe ${rankMeRatio === null ? 'undefined' : percent(rankMeRatio)})`;
  const reason = isLower
    ? `${shares}, below ${percent(least)}: type 2 against the reference`
    : `${shares}, not below ${percent(least)}`;
  return { verdict: isLower ? 'type-2' : 'not-lower', effectiveRankRatio, rankMeRatio, reasons: [reason] };
}

function ratio(
  mine: readonly RankedRun[],
  theirs: readonly RankedRun[],
  name: 'effectiveRank' | 'rankMe',
): number | null {
  let highest = 0;
  let lowest = Infinity;
  for (const run of mine) {
    const rank = run[name];
    if (rank === null) return null;
    highest = Math.max(highest, rank);
  }
  for (const run of theirs) {
    const rank = run[name];
    if (rank === null) return null;
    lowest = Math.min(lowest, rank);
  }
  return highest / lowest;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
