import { meanAbsoluteCorrelation } from '../geometry/correlation.js';
import { normalisedStd, relativeSpread } from '../geometry/normalised-std.js';
import type { Matrix } from '../matrix/matrix.js';
import { squaredDeviations } from '../matrix/rows.js';
import { alphaReq } from '../spectrum/alpha-req.js';
import { directionsHolding, effectiveRank, participationRatio, rankMe, stableRank } from '../spectrum/ranks.js';
import { covarianceEigenvalues, spectra } from '../spectrum/singular-values.js';
import { betweenClassShare } from './class-variance.js';
import { collapseCriteria } from './criteria.js';

/** The ranks of one matrix of embeddings; `null` for what its rows do not define. */
export interface Ranks {
  /** `exp` of the entropy of the eigenvalues of the covariance; 1 to `rankCap`. */
  readonly effectiveRank: number | null;
  /** RankMe of the embeddings as given, not centred. */
  readonly rankMe: number | null;
  /** RankMe of the embeddings minus their mean: a cone around a long mean does not lower it. */
  readonly rankMeCentred: number | null;
  readonly stableRank: number | null;
  readonly participationRatio: number | null;
  /** Leading principal directions that hold 99 % of the variance. */
  readonly directions99: number | null;
  /** Exponent of the spectrum's decay over ranks 11 to 100. */
  readonly alphaReq: number | null;
}

/** Every collapse metric of one matrix of embeddings; `null` where it is not defined, with the reason in `notDefined`. */
export interface CollapseMetrics extends Ranks {
  /** Rows and columns of the embeddings. */
  readonly count: number;
  readonly dimensions: number;
  /** `min(N - 1, D)`: the highest rank that so many embeddings of this width can show. */
  readonly rankCap: number;
  /** Mean per-dimension standard deviation of the L2-normalised embeddings times `sqrt(D)`: 1 even, 0 collapsed. */
  readonly stdTimesSqrtD: number | null;
  /** `sqrt` of the summed variances of the L2-normalised embeddings: as above, but the same after any rotation. */
  readonly spread: number | null;
  /** Spread of the embeddings relative to their length, lengths included. */
  readonly relativeSpread: number | null;
  /** Mean per-dimension standard deviation as given; the one metric that depends on scale. */
  readonly meanStd: number | null;
  /** Mean `|correlation|` of two different dimensions. */
  readonly meanAbsCorrelation: number | null;
  /** Dimensions with one value in all rows. */
  readonly constantDimensions: number | null;
  /** Embeddings that are zero in every dimension. */
  readonly zeroRows: number | null;
  /** Share of the variance between classes, when labels are given. */
  readonly betweenClassShare: number | null;
  /** Why a metric is `null`, by its name. */
  readonly notDefined: Readonly<Record<string, string>>;
}

/**
 * All metrics of finite embeddings.
 *
 * @param z `[N, D]`, `N >= 2`, scaled so that squares neither overflow nor vanish. @param scale what `z` was divided by.
 */
export function collapseMetrics(z: Matrix, scale: number, labels: Int32Array | undefined): CollapseMetrics {
  const notDefined: Record<string, string> = {};
  const relative = relativeSpread(z);
  const variesBeyondRounding = relative !== null && relative >= collapseCriteria.rounding;
  const whyNoSpread = relative === null ? 'all embeddings are zero' : 'the rows differ by rounding only';
  const { perDimension, timesSqrtD, spread, zeroRows } = normalisedStd(z);
  const hasDirections = z.columns > 1 && relative !== null;
  const ranks = ranksOf(z, variesBeyondRounding);
  const correlation = meanAbsoluteCorrelation(z);
  const meanStd =
    (scale * squaredDeviations(z).reduce((sum, x) => sum + Math.sqrt(x / (z.rows - 1)), 0)) / perDimension.length;
  const share = labels === undefined || !variesBeyondRounding ? null : betweenClassShare(z, labels).share;

  if (!hasDirections) {
    const why = relative === null ? whyNoSpread : 'one dimension: normalising leaves a sign, not a direction';
    notDefined.stdTimesSqrtD = notDefined.spread = why;
  }
  if (relative === null) notDefined.relativeSpread = notDefined.rankMe = notDefined.stableRank = whyNoSpread;
  if (!variesBeyondRounding) {
    for (const name of ['effectiveRank', 'rankMeCentred', 'participationRatio', 'directions99', 'alphaReq']) {
      notDefined[name] = whyNoSpread;
    }
    notDefined.meanAbsCorrelation = whyNoSpread;
  } else {
    if (ranks.alphaReq === null)
      notDefined.alphaReq = 'fewer than five eigenvalues above zero at ranks 11 to 100, or some are zero';
    if (correlation.meanAbsolute === null) notDefined.meanAbsCorrelation = 'fewer than two dimensions vary';
  }
  if (labels === undefined) notDefined.betweenClassShare = 'no labels given';
  else if (share === null) notDefined.betweenClassShare = whyNoSpread;

  return {
    count: z.rows,
    dimensions: z.columns,
    rankCap: Math.min(z.rows - 1, z.columns),
    stdTimesSqrtD: hasDirections ? timesSqrtD : null,
    spread: hasDirections ? spread : null,
    relativeSpread: relative,
    meanStd,
    ...ranks,
    meanAbsCorrelation: variesBeyondRounding ? correlation.meanAbsolute : null,
    constantDimensions: correlation.constantDimensions,
    zeroRows,
    betweenClassShare: share,
    notDefined,
  };
}

/** The ranks of `z`; of what rounding leaves of a constant, only those of the uncentred matrix are defined. */
export function ranksOf(z: Matrix, variesBeyondRounding: boolean): Ranks {
  const { singularValues, centredSingularValues } = spectra(z);
  const given = { rankMe: rankMe(singularValues), stableRank: stableRank(singularValues) };
  if (!variesBeyondRounding) {
    return {
      ...given,
      effectiveRank: null,
      rankMeCentred: null,
      participationRatio: null,
      directions99: null,
      alphaReq: null,
    };
  }
  const eigenvalues = covarianceEigenvalues(centredSingularValues, z.rows, z.columns);
  const rankCap = Math.min(z.rows - 1, z.columns);
  return {
    ...given,
    effectiveRank: effectiveRank(eigenvalues),
    rankMeCentred: rankMe(centredSingularValues),
    participationRatio: participationRatio(eigenvalues),
    directions99: directionsHolding(0.99, eigenvalues),
    alphaReq: alphaReq(eigenvalues.subarray(0, rankCap))?.alpha ?? null,
  };
}

/** The metrics of embeddings that are not all finite: none is defined. */
export function undefinedMetrics(count: number, dimensions: number): CollapseMetrics {
  const names = [
    ...[
      'stdTimesSqrtD',
      'spread',
      'relativeSpread',
      'meanStd',
      'effectiveRank',
      'rankMe',
      'rankMeCentred',
      'stableRank',
    ],
    ...[
      'participationRatio',
      'directions99',
      'alphaReq',
      'meanAbsCorrelation',
      'constantDimensions',
      'zeroRows',
      'betweenClassShare',
    ],
  ] as const;
  const nothing = Object.fromEntries(names.map((name) => [name, null])) as Record<(typeof names)[number], null>;
  return {
    count,
    dimensions,
    rankCap: Math.min(count - 1, dimensions),
    ...nothing,
    notDefined: Object.fromEntries(names.map((name) => [name, 'some values are not finite'])),
  };
}
