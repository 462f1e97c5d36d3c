export { gatherRows, matrix, matrixOfRows, transpose, type Matrix } from './matrix/matrix.js';
export { gram, timesTransposed } from './matrix/products.js';

export { collapseCriteria, rankFloors } from './diagnosis/criteria.js';
export { compareRank, type RankComparison, type RankedRun } from './diagnosis/compare-rank.js';
export { diagnose, type DiagnoseOptions, type Diagnosis } from './diagnosis/diagnose.js';
export type { CollapseMetrics, Ranks } from './diagnosis/metrics.js';
export type { Judgement, Verdict } from './diagnosis/verdict.js';

export { alphaReq, type AlphaReqOptions, type PowerLaw } from './spectrum/alpha-req.js';
export { lidar, type Lidar, type LidarOptions } from './spectrum/lidar.js';
export { directionsHolding, effectiveRank, participationRatio, rankMe, stableRank } from './spectrum/ranks.js';
export { covarianceEigenvalues, singularValues, spectra, type Spectra } from './spectrum/singular-values.js';
export { symmetricEigenvalues } from './spectrum/symmetric-eigenvalues.js';

export {
  alignment,
  alignmentUniformity,
  uniformity,
  type AlignmentUniformity,
} from './geometry/alignment-uniformity.js';
export { meanAbsoluteCorrelation, type Correlation } from './geometry/correlation.js';
export { normalisedStd, relativeSpread, type NormalisedStd } from './geometry/normalised-std.js';

export { accuracyInterval, type Accuracy } from './probes/interval.js';
export { knnProbe, type KnnOptions, type KnnResult } from './probes/knn.js';
export {
  linearModel,
  linearPredictions,
  linearProbe,
  linearProbePenalties,
  type LinearModel,
  type LinearModelOptions,
  type LinearProbeOptions,
  type LinearProbeResult,
  type TriedPenalty,
} from './probes/linear.js';
export type { FeatureScale } from './probes/standardised.js';

export { contingency } from './clusters/contingency.js';
export { fewLabelAccuracy, type FewLabelAccuracy, type FewLabelOptions } from './clusters/few-labels.js';
export { kMeans, type KMeansOptions, type KMeansResult } from './clusters/k-means.js';
export {
  lnKPlateau,
  prototypeCriteria,
  prototypeUsage,
  type LnKPlateau,
  type PrototypeUsage,
} from './clusters/prototypes.js';
export { adjustedRandIndex, hungarianAccuracy, nmi, purity } from './clusters/scores.js';

export { lbfgs, type LbfgsOptions, type Minimum, type Objective } from './optimise/lbfgs.js';
