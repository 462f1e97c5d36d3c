import { alphaReq, covarianceEigenvalues, spectra } from '@jembench/eval';
import type { GoldenTopic } from '../topic.js';
import { inputMatrix } from './eval-matrix.js';

/** Logarithms of eigenvalues, each rounded relative to the largest: the ratio to the last one in the fit multiplies that. */
export const evalAlphaReqTopic: GoldenTopic = {
  name: 'eval_alpha_req',
  tolerance: { precision: 'float64', ulps: 16 },
  run(reader) {
    const z = inputMatrix(reader, 'z');
    const eigenvalues = covarianceEigenvalues(spectra(z).centredSingularValues, z.rows, z.columns);
    const total = eigenvalues.reduce((sum, value) => sum + value, 0);
    reader.expectArray(
      'explained_variance_ratio',
      eigenvalues.map((value) => value / total),
    );

    const range = { from: reader.param<number>('fitFrom0'), to: reader.param<number>('fitTo0Exclusive') };
    const decay = eigenvalues[0] / eigenvalues[Math.min(range.to, eigenvalues.length) - 1];
    const line = { ulps: 16 * decay };
    const weighted = alphaReq(eigenvalues, range);
    const plain = alphaReq(eigenvalues, { ...range, weights: 'none' });
    reader.expectScalar('alpha_weighted', weighted?.alpha ?? NaN, line);
    reader.expectScalar('log_intercept_weighted', weighted?.logIntercept ?? NaN, line);
    reader.expectScalar('alpha_unweighted', plain?.alpha ?? NaN, line);
    // The repository's weights are float32: 2^29 float64 roundings.
    reader.expectScalar('alpha_reptrix', weighted?.alpha ?? NaN, { ulps: 2 ** 29 + line.ulps });
  },
};
