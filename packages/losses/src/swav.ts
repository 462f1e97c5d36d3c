import {
  InputError,
  ShapeError,
  checkNumber,
  checkShapes,
  l2Normalise,
  sinkhorn,
  tf,
  type Scalar,
  type Tensor2D,
} from '@jembench/core';
import { checkCropCount, listed } from './checks.js';
import { crossCropEntropy } from './crop-entropy.js';
import { constant, scoped } from './scope.js';

export interface SwavOptions {
  /** The crops that assign codes; the others only predict them. */
  readonly assigning: readonly number[];
  /** Temperature of the prediction. */
  readonly temperature: number;
  /** Sinkhorn's: small is nearly hard assignment, large is uniform. */
  readonly epsilon: number;
  readonly iterations: number;
  /**
   * What fills up the batch of the assignment, one `[Q, K]` of scores (`swav`) or `[Q, D]` of embeddings (`swavFromEmbeddings`) for
   * each assigning crop: the queue of past embeddings. Its rows take part in the balance of the prototypes and predict nothing.
   */
  readonly queue: readonly Tensor2D[];
}

export interface SwavLoss {
  readonly total: Scalar;
  /** `[N, K]` for each assigning crop: its Sinkhorn code. */
  readonly codes: readonly Tensor2D[];
}

/**
 * SwAV's swapped prediction from scores.
 *
 *     mean over assigning crops i of  1/(V-1) sum_{v != i} mean_n  -sum_k q_i[n,k] log_softmax(s_v / temperature)[n,k]
 *     q_i = sinkhorn(s_i; epsilon, iterations),  no gradient through it
 *
 * @param scores `[N, K]` each: normalised embeddings times prototypes, for every crop.
 * @throws ShapeError "swav: scores[1] has K=4, wanted K=8 as in scores[0]"; for fewer than two crops.
 * @throws InputError for an assigning crop that does not exist or is named twice.
 * @see Caron et al., arXiv:2006.09882; facebookresearch/swav@06b1b7c main_swav.py
 */
export function swav(
  scores: readonly Tensor2D[],
  { assigning = [0, 1], temperature = 0.1, epsilon = 0.05, iterations = 3, queue }: Partial<SwavOptions> = {},
): SwavLoss {
  checkCropCount('swav', 'scores', scores, 2);
  checkShapes('swav', listed('scores', scores, 'N K'));
  checkAssigning(assigning, scores.length);
  checkNumber('swav', 'temperature', temperature, { above: 0 });
  if (queue !== undefined) checkQueue(queue, assigning.length, scores[0], 'K');
  return scoped(() => {
    const codes = assigning.map((crop, i) =>
      constant(scores[crop], (x) => {
        const batch = queue === undefined ? x : tf.concat([x, queue[i]], 0);
        const q = sinkhorn(batch, { epsilon, iterations });
        return queue === undefined ? q : tf.slice(q, [0, 0], [x.shape[0], q.shape[1]]);
      }),
    );
    const total = crossCropEntropy(
      assigning.map((crop, i) => ({ crop, probabilities: codes[i] })),
      scores,
      temperature,
    );
    return { total, codes };
  });
}

/**
 * SwAV from embeddings and prototypes: `swav(l2Normalise(z) prototypes^T)`.
 *
 * The prototypes are used as given. The official code normalises their rows before every step (`l2Normalise`), outside the gradient.
 *
 * @param embeddings `[N, D]` each: the projector's output for every crop, not yet normalised.
 * @param prototypes `[K, D]`, rows of length 1.
 * @throws ShapeError, InputError as `swav` does.
 */
export function swavFromEmbeddings(
  embeddings: readonly Tensor2D[],
  prototypes: Tensor2D,
  { queue, ...options }: Partial<SwavOptions> = {},
): SwavLoss {
  checkCropCount('swav', 'embeddings', embeddings, 2);
  checkShapes('swav', { ...listed('embeddings', embeddings, 'N D'), prototypes: [prototypes, 'K D'] });
  if (queue !== undefined) checkQueue(queue, (options.assigning ?? [0, 1]).length, embeddings[0], 'D');
  return scoped(() => {
    const score = (z: Tensor2D): Tensor2D => tf.matMul(z, prototypes, false, true);
    return swav(
      embeddings.map((z) => score(l2Normalise(z))),
      { ...options, queue: queue?.map(score) },
    );
  });
}

function checkAssigning(assigning: readonly number[], crops: number): void {
  const valid = assigning.every((crop) => Number.isInteger(crop) && crop >= 0 && crop < crops);
  if (assigning.length === 0 || !valid || new Set(assigning).size !== assigning.length) {
    throw new InputError(
      `swav: assigning, got [${assigning.join(', ')}], wanted different crops from 0 to ${crops - 1}, at least one`,
    );
  }
}

function checkQueue(queue: readonly Tensor2D[], assigning: number, batch: Tensor2D, letter: 'K' | 'D'): void {
  if (queue.length !== assigning) {
    throw new ShapeError(`swav: queue, got ${queue.length} matrices, wanted ${assigning}: one for each assigning crop`);
  }
  for (const [i, rows] of queue.entries()) {
    checkShapes('swav', { 'the batch': [batch, `N ${letter}`], [`queue[${i}]`]: [rows, `Q ${letter}`] });
  }
}
