import { InputError } from '@jembench/core';
import { requireFinite, requireShape, type Matrix } from '../matrix/matrix.js';

/** How a method with prototypes (SwAV, DINO) spreads its inputs over them; entropies in nats. */
export interface PrototypeUsage {
  /** `ln K`, the entropy of an even use, and the loss of a model that has learnt nothing. */
  readonly lnK: number;
  /** Entropy of the mean assignment: `ln K` when all prototypes are used evenly, 0 when one takes everything. */
  readonly entropyOfMean: number;
  /** `exp(entropyOfMean)`: the number of prototypes in even use. */
  readonly perplexity: number;
  /** Mean entropy of the assignments: 0 when each is certain, `ln K` when each is uniform. */
  readonly meanEntropy: number;
  /** `1 - meanEntropy / ln K`: 0 uniform, 1 certain. With a teacher's probabilities: the sharpness of the teacher. */
  readonly sharpness: number;
  /** `entropyOfMean - meanEntropy`, between 0 and `ln K`: what an assignment tells about the input; 0 in either collapse. */
  readonly information: number;
  /** Prototypes that are the first choice of at least one row. */
  readonly used: number;
  /** Assignments that are the same for every input: `uniform` over the prototypes, or on a `few` of them (most often one). */
  readonly collapse: 'none' | 'uniform' | 'few';
}

/**
 * When prototype assignments count as collapsed: an assignment tells less about its input than this share of the `ln K` it could.
 *
 * Both ways to collapse drive it to 0: without sharpening every output becomes uniform, without centring one prototype takes all.
 * A share of `ln K`, because the entropies of a healthy run grow with it.
 *
 * @see Caron et al., arXiv:2104.14294, section 5.3
 */
export const prototypeCriteria = { leastInformation: 0.01 } as const;

/**
 * Use of the prototypes, from probabilities (softmax of the scores, or Sinkhorn codes).
 *
 * @param assignments `[N, K]`, non-negative, each row with the sum 1 (within 1e-3); `K >= 2`.
 * @throws ShapeError for fewer than two prototypes or no row; InputError for rows that are no probabilities.
 */
export function prototypeUsage(assignments: Matrix): PrototypeUsage {
  requireShape('prototypeUsage', 'assignments', assignments, 1, 2);
  requireFinite('prototypeUsage', 'assignments', assignments);
  const { rows, columns: k, data } = assignments;
  const mean = new Float64Array(k);
  const isFirst = new Uint8Array(k);
  let meanEntropy = 0;
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    let first = 0;
    for (let j = 0; j < k; j++) {
      const p = data[i * k + j];
      if (p < 0) throw new InputError(`prototypeUsage: assignments, got ${p} in row ${i}, wanted probabilities`);
      sum += p;
      if (p > data[i * k + first]) first = j;
    }
    if (Math.abs(sum - 1) > 1e-3) {
      throw new InputError(
        `prototypeUsage: assignments, got row ${i} with sum ${sum}, wanted 1; pass probabilities, not scores`,
      );
    }
    for (let j = 0; j < k; j++) {
      const p = data[i * k + j] / sum;
      mean[j] += p / rows;
      if (p > 0) meanEntropy -= (p * Math.log(p)) / rows;
    }
    isFirst[first] = 1;
  }
  let entropyOfMean = 0;
  for (const p of mean) if (p > 0) entropyOfMean -= p * Math.log(p);

  const lnK = Math.log(k);
  // The entropy of a mean is never below the mean entropy; rounding can say otherwise.
  const information = Math.max(0, entropyOfMean - meanEntropy);
  const isCollapsed = information < prototypeCriteria.leastInformation * lnK;
  return {
    lnK,
    entropyOfMean,
    perplexity: Math.exp(entropyOfMean),
    meanEntropy,
    sharpness: Math.max(0, 1 - meanEntropy / lnK),
    information,
    used: isFirst.reduce((sum, x) => sum + x, 0),
    collapse: !isCollapsed ? 'none' : entropyOfMean > lnK / 2 ? 'uniform' : 'few',
  };
}

/** {@link lnKPlateau}. */
export interface LnKPlateau {
  /** Whether the last losses all lie within the tolerance of `ln K`. */
  readonly isOnPlateau: boolean;
  /** Steps from the start until the loss first left `ln K`; the number of losses when it never did. */
  readonly length: number;
  readonly lnK: number;
}

/**
 * Whether a cross-entropy over `K` prototypes still sits at `ln K`, where it starts and where a uniform output keeps it.
 *
 * @param losses one a step, in order, at least one. @param k number of prototypes, `>= 2`.
 * @param tolerance relative distance from `ln K` that counts as on it. Default 0.01.
 * @param window the last losses that must lie on it. Default 10.
 * @throws InputError for no losses, a loss that is not finite, or `k < 2`.
 */
export function lnKPlateau(
  losses: ArrayLike<number>,
  k: number,
  { tolerance = 0.01, window = 10 }: { tolerance?: number; window?: number } = {},
): LnKPlateau {
  if (losses.length === 0) throw new InputError('lnKPlateau: losses, got none, wanted one a step');
  if (!Number.isInteger(k) || k < 2) throw new InputError(`lnKPlateau: k, got ${k}, wanted an integer of at least 2`);
  const lnK = Math.log(k);
  let length = losses.length;
  let isOnPlateau = true;
  for (let i = losses.length - 1; i >= 0; i--) {
    if (!Number.isFinite(losses[i]))
      throw new InputError(`lnKPlateau: losses, got ${losses[i]} at step ${i}, wanted finite numbers`);
    const isOff = Math.abs(losses[i] - lnK) > tolerance * lnK;
    if (isOff) {
      length = i;
      if (i >= losses.length - window) isOnPlateau = false;
    }
  }
  return { isOnPlateau, length, lnK };
}
