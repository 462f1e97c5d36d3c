import {
  covarianceEigenvalues,
  effectiveRank,
  normalisedStd,
  participationRatio,
  rankMe,
  spectra,
  stableRank,
} from '@jembench/eval';
import type { CaseReader } from '../case-reader.js';
import type { GoldenTopic } from '../topic.js';
import { inputMatrix } from './eval-matrix.js';

/**
 * A singular value decomposition in float64 is off by a few units of rounding times the matrix's size; the ranks divide, take
 * logarithms and exponentials on top.
 */
export const evalSpectrumTopic: GoldenTopic = {
  name: 'eval_spectrum',
  tolerance: { precision: 'float64', ulps: 16 },
  run(reader) {
    const z = inputMatrix(reader, 'z');
    const { singularValues, centredSingularValues } = spectra(z);
    reader.expectArray('singular_values', singularValues);
    reader.expectScalar('rankme', defined(rankMe(singularValues, { epsilon: reader.param<number>('rankmeEps') })));
    reader.expectScalar('stable_rank', defined(stableRank(singularValues)));
    reader.expectScalar('stable_rank_centred', defined(stableRank(centredSingularValues)), centring(reader));

    const eigenvalues = covarianceEigenvalues(centredSingularValues, z.rows, z.columns);
    reader.expectArray('covariance_eigenvalues', eigenvalues, centring(reader));
    reader.expectScalar('effective_rank_covariance', defined(effectiveRank(eigenvalues)), centring(reader));
    reader.expectScalar('participation_ratio', defined(participationRatio(eigenvalues)), centring(reader));

    const { perDimension, mean, timesSqrtD } = normalisedStd(z);
    reader.expectArray('std_per_dim_of_l2_normalised', perDimension, centring(reader));
    reader.expectScalar('std_of_l2_normalised', mean, centring(reader));
    reader.expectScalar('std_of_l2_normalised_times_sqrt_d', timesSqrtD, centring(reader));
  },
};

/** Subtracting a mean from rows near it loses as many digits as the rows share: the ratio of their length to their spread. */
function centring(reader: CaseReader): { ulps: number } {
  const { data, shape } = reader.input('z');
  const [n, d] = shape;
  let length = 0;
  let spread = 0;
  for (let j = 0; j < d; j++) {
    let mean = 0;
    for (let i = 0; i < n; i++) mean += data[i * d + j] / n;
    for (let i = 0; i < n; i++) {
      length += data[i * d + j] ** 2;
      spread += (data[i * d + j] - mean) ** 2;
    }
  }
  return { ulps: 16 * Math.sqrt(length / spread) };
}

/** A rank of embeddings that have one; NaN, which matches nothing, otherwise. */
function defined(rank: number | null): number {
  return rank ?? NaN;
}
