import type { Matrix } from '../matrix/matrix.js';
import { relativeSpread, normalisedStd } from '../geometry/normalised-std.js';
import { normalisedRows } from '../matrix/rows.js';
import { coreRows } from './core-rows.js';
import { collapseCriteria, rankFloors } from './criteria.js';
import { ranksOf, type CollapseMetrics, type Ranks } from './metrics.js';

/** `type-1`: the same representation for every input. `type-2`: representations that vary along very few directions. */
export type Verdict = 'healthy' | 'type-1' | 'type-2' | 'diverged';

/** A verdict with the sentences that support it. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
}

/** What {@link judgement} takes beside the metrics. */
export interface Circumstances {
  /** The standard deviation that the loss asks of every dimension. */
  readonly targetStd: number | undefined;
  /** The number of classes in the labels. */
  readonly classes: number | undefined;
}

/** The verdict on finite embeddings `z` (scaled as for the metrics). */
export function judgement(z: Matrix, metrics: CollapseMetrics, circumstances: Circumstances): Judgement {
  const constant = sameRepresentation(z, metrics) ?? shrunk(metrics, circumstances.targetStd);
  if (constant !== null) return { verdict: 'type-1', reasons: constant };
  const low = fewDirections(z, metrics, circumstances.classes);
  const { spread } = metrics;
  if (low.isCollapse && spread !== null && spread < collapseCriteria.narrowCone) {
    const cone =
      `the embeddings lie in a narrow cone (spread of directions ${shown(spread)}, below ${collapseCriteria.narrowCone}) and next to ` +
      'nothing varies inside it: one representation for every input, with different lengths';
    return { verdict: 'type-1', reasons: [cone, ...low.reasons] };
  }
  return { verdict: low.isCollapse ? 'type-2' : 'healthy', reasons: [...spreadReasons(z, metrics), ...low.reasons] };
}

/** Why all embeddings count as one, or `null` when they do not. */
function sameRepresentation(
  z: Matrix,
  { count, dimensions, spread, relativeSpread: relative, stdTimesSqrtD }: CollapseMetrics,
): string[] | null {
  const { leastSpread, rounding, outlyingShare } = collapseCriteria;
  if (relative === null) return [`all ${count} embeddings are zero`];
  if (relative < rounding) {
    return [`all ${count} embeddings are the same up to rounding: they differ by ${shown(relative)} of their length`];
  }
  if (dimensions === 1 || spread === null) {
    if (relative >= leastSpread) return null;
    return [
      `the ${count} embeddings are nearly the same number: they differ by ${shown(relative)} of its size, below ${leastSpread}`,
    ];
  }
  if (spread < leastSpread) {
    const reasons = [
      `all ${count} embeddings point the same way: std x sqrt(D) is ${shown(stdTimesSqrtD)} and the spread of directions ${shown(spread)}, ` +
        `where 1 is an even spread and below ${leastSpread} is collapse`,
    ];
    if (relative > 5 * spread) {
      reasons.push(`only their lengths differ (relative spread ${shown(relative)}): cosine similarity sees one point`);
    }
    return reasons;
  }
  // Directions are bounded, so a few rows that point elsewhere cannot hide in the mean, and are the farthest from it.
  const central = coreRows(normalisedRows(z).unit, outlyingShare);
  if (central === null) return null;
  const apart = count - central.rows;
  const centralSpread = normalisedStd(central).spread;
  if (centralSpread >= leastSpread) return null;
  return [
    `all but ${apart} of ${count} embeddings point the same way: the spread of their directions is ${shown(centralSpread)}, ` +
      `below ${leastSpread}; with the others it is ${shown(spread)}`,
  ];
}

/** Why the embeddings have shrunk to a point by the loss's own measure, or `null`. */
function shrunk({ meanStd, stdTimesSqrtD }: CollapseMetrics, targetStd: number | undefined): string[] | null {
  if (targetStd === undefined || meanStd === null) return null;
  const least = collapseCriteria.leastShareOfTargetStd * targetStd;
  if (meanStd >= least) return null;
  return [
    `the embeddings have shrunk towards one point: their mean standard deviation is ${shown(meanStd)} where the loss asks for ` +
      `${targetStd}, and below ${shown(least)} is collapse`,
    `their directions still differ (std x sqrt(D) ${shown(stdTimesSqrtD)}), but nothing in the loss holds them apart`,
  ];
}

/** Whether embeddings that differ do so along very few directions. */
function fewDirections(
  z: Matrix,
  metrics: CollapseMetrics,
  classes: number | undefined,
): { isCollapse: boolean; reasons: string[] } {
  const { count, dimensions, rankCap, betweenClassShare } = metrics;
  const floors = rankFloors(count, rankCap);
  if (floors === null) {
    const why = dimensions === 1 ? 'embeddings of one dimension' : 'two embeddings';
    return { isCollapse: false, reasons: [`a low rank (type 2) is not defined: ${why} can show one direction only`] };
  }
  const measured =
    `effective rank ${shown(metrics.effectiveRank)} and RankMe ${shown(metrics.rankMe)} (centred ${shown(metrics.rankMeCentred)}) ` +
    `of at most ${rankCap}; type 2 is below ${shown(floors.effectiveRank)} and ${shown(floors.rankMe)}`;
  if (!isLow(metrics, floors))
    return { isCollapse: false, reasons: [`they vary along enough directions: ${measured}`] };

  const central = coreRows(z, collapseCriteria.outlyingShare);
  if (central !== null && (relativeSpread(central) ?? 0) >= collapseCriteria.rounding) {
    const ranks = ranksOf(central, true);
    if ((ranks.effectiveRank ?? 0) >= floors.effectiveRank) {
      const reason =
        `the rank is low (${measured}) because of at most ${count - central.rows} outlying rows: without them the effective rank is ` +
        `${shown(ranks.effectiveRank)} and RankMe ${shown(ranks.rankMe)}`;
      return { isCollapse: false, reasons: [reason] };
    }
  }
  const { leastBetweenClassShare } = collapseCriteria;
  if (
    classes !== undefined &&
    betweenClassShare !== null &&
    betweenClassShare > leastBetweenClassShare &&
    (metrics.effectiveRank ?? 0) >= (classes - 1) / 2
  ) {
    const reason =
      `the rank is low (${measured}), but ${shown(100 * betweenClassShare)} % of the variance lies between the ${classes} classes, ` +
      `which need ${classes - 1} direction${classes === 2 ? '' : 's'}: what supervised training ends in, not collapse`;
    return { isCollapse: false, reasons: [reason] };
  }
  const held = metrics.directions99 ?? 0;
  return {
    isCollapse: true,
    reasons: [
      `they vary along very few directions: ${measured}`,
      `99 % of the variance lies in ${held} of ${dimensions} dimension${dimensions === 1 ? '' : 's'}`,
    ],
  };
}

function isLow(ranks: Ranks, floors: { effectiveRank: number; rankMe: number }): boolean {
  const { effectiveRank, rankMe, rankMeCentred } = ranks;
  if (effectiveRank === null || rankMe === null || rankMeCentred === null) return false;
  return effectiveRank < floors.effectiveRank && rankMe < floors.rankMe && rankMeCentred < floors.rankMe;
}

function spreadReasons(
  z: Matrix,
  { spread, stdTimesSqrtD, relativeSpread: relative, zeroRows, count }: CollapseMetrics,
): string[] {
  const { leastSpread } = collapseCriteria;
  const reasons =
    spread === null
      ? [`the embeddings differ by ${shown(relative)} of their size; below ${leastSpread} is type 1`]
      : [
          `the embeddings point different ways: std x sqrt(D) is ${shown(stdTimesSqrtD)} and the spread of directions ${shown(spread)}, ` +
            `where 1 is an even spread and a spread below ${leastSpread} is type 1`,
        ];
  if (zeroRows !== null && zeroRows > 0)
    reasons.push(`${zeroRows} of ${count} embeddings are zero and have no direction`);
  if (spread !== null && spread < 0.1) {
    reasons.push('they lie in a narrow cone: centre or standardise them before using cosine similarity');
  }
  return z.rows === 2 ? [...reasons, 'two embeddings say little: give it hundreds'] : reasons;
}

/** Three significant digits, without trailing zeros. */
function shown(x: number | null): string {
  return x === null ? 'undefined' : String(Number(x.toPrecision(3)));
}
