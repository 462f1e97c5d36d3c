import type { KernelCase } from './kernel-case.js';
import { tensor, type CaseInput } from './values.js';

/** Kernels of whole batches that tfjs has none of: their values are tested where they are defined; here, what they write and to which bits. */
const one = (kernel: string, inputs: Record<string, CaseInput>, attrs: Record<string, unknown> = {}): KernelCase => ({
  kernel,
  inputs,
  attrs,
  roundings: 0,
});

/** One sample, one column, sizes below, at and above vectors (4), blocks of rows (8), tiles (6 x 8) and pieces (16). */
const sizes: readonly (readonly [rows: number, columns: number])[] = [
  [2, 1],
  [2, 3],
  [5, 8],
  [7, 13],
  [33, 17],
  [16, 40],
  [61, 50],
  [9, 270],
];

const usual = { centred: true, ddof: 1 };

export const batchCases: readonly KernelCase[] = sizes.flatMap(([N, D]) => {
  const z = tensor(N, D);
  const views = { x: z, y: { ...z } };
  const [row, scalar, none] = [tensor(D), tensor(), tensor(0)];
  const [gram, matrix] = [tensor(N, N), tensor(D, D)];
  const slopes = { ratesA: row, ratesB: row, diagonal: row, dy: tensor(D + 1) };
  return [
    one('TrainingCovariance', { z }, usual),
    one('TrainingCovariance', { z }, { centred: false, ddof: 0 }),
    one('TrainingCovarianceGrad', { x: z, dy: matrix }, usual),
    ...['auto', 'direct', 'gram'].map((form) => one('TrainingCovariancePenalty', { z }, { ...usual, form })),
    one('TrainingCovariancePenalty', { z }, { centred: false, ddof: 0, form: 'auto' }),
    one('TrainingCovariancePenaltyGrad', { x: z, squares: row, matrix: gram, dy: scalar }, usual),
    one('TrainingCovariancePenaltyGrad', { x: z, squares: none, matrix, dy: scalar }, usual),
    one('TrainingCovariancePenaltyGrad', { x: z, squares: none, matrix: none, dy: scalar }, usual),
    one('TrainingStandardise', { z }, { epsilon: 1e-5 }),
    one('TrainingStandardiseGrad', { x: z, rates: row, dy: { ...z } }),
    ...['auto', 'direct', 'gram'].map((form) =>
      one('TrainingRedundancy', { a: z, b: { ...z } }, { epsilon: 1e-5, form }),
    ),
    one('TrainingRedundancyGrad', { ...views, ...slopes, left: gram, right: gram }),
    one('TrainingRedundancyGrad', { ...views, ...slopes, left: matrix, right: none }),
    one('TrainingRedundancyGrad', { ...views, ...slopes, left: none, right: none }),
    ...['plain', 'log', 'auto'].flatMap((domain) =>
      [0, 1, 3].map((iterations) => one('TrainingSinkhorn', { scores: z }, { epsilon: 0.05, iterations, domain })),
    ),
    ...['Softargmax', 'LogSoftargmax'].flatMap((kernel) => [
      one(`Training${kernel}`, { z }, { scale: 10 }),
      one(`Training${kernel}Grad`, { y: z, dy: { ...z } }, { scale: 10 }),
    ]),
    one('TrainingCrossEntropy', { targets: z, scores: { ...z } }, { scale: 10 }),
    one(
      'TrainingCrossEntropyGrad',
      { targets: z, scores: { ...z }, kept: { ...tensor(N, 3), range: [1, 2] }, dy: scalar },
      { scale: 10 },
    ),
    one('TrainingL2Normalise', { z }, { smallestSquare: 1e-24 }),
    one('TrainingL2NormaliseGrad', { y: z, rates: tensor(N), dy: { ...z } }),
    one('TrainingVarianceHinge', { z }, { ...usual, gamma: 1, eps: 1e-4, spread: 'std' }),
    one('TrainingVarianceHingeGrad', { x: z, slopes: row, dy: scalar }),
    ...(N > 2 ? [one('TrainingContrast', { z: tensor(2 * N, D) }, { scale: 2 })] : []),
    one(
      'TrainingContrastGrad',
      {
        z: tensor(2 * N, D),
        cosines: tensor(2 * N, 2 * N),
        kept: { ...tensor(2 * N, 2), range: [3, 4] },
        dy: tensor(2),
      },
      { scale: 2 },
    ),
    one('TrainingSinkhorn', { scores: z }, { epsilon: 1e-3, iterations: 3, domain: 'auto' }),
  ];
});
