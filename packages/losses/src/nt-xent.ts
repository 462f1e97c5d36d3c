import { checkNumber, l2Normalise, logSoftargmax, tf, type Scalar, type Tensor2D } from '@jembench/core';
import { checkViews } from './checks.js';
import { scoped } from './scope.js';
import { totalSum } from './sums.js';

export interface NtXentOptions {
  readonly temperature: number;
  /** Lower bound of the squared norm that a row is divided by. */
  readonly eps: number;
}

export interface NtXentLoss {
  /** `attraction + repulsion`; the official value is twice this. */
  readonly total: Scalar;
  /** Mean over the anchors of `-s_ip`. */
  readonly attraction: Scalar;
  /** Mean over the anchors of `log sum_{j != i} exp(s_ij)`. */
  readonly repulsion: Scalar;
}

// Takes an anchor's similarity to itself out of its sum: added to a cosine, before the temperature. Finite, since -Infinity times a
// zero label is NaN, and large enough for any temperature that makes sense.
const excluded = -1e18;

/**
 * NT-Xent, SimCLR's contrastive loss.
 *
 *     mean over the 2N anchors i of  -log( exp(s_ip) / sum_{j != i} exp(s_ij) ),   s = cos / temperature,  p the other view of i
 *
 * The official code sums the two directions, each a mean over N, without the factor 1/2: its value and its gradients are twice ours.
 * The mean over 2N is the paper's equation 1 and what lightly returns.
 *
 * @param a `[N, D]` projections of view 1; `N >= 2`, since one image has no negatives.
 * @param b `[N, D]` projections of view 2; row i is the same image as row i of `a`.
 * @throws ShapeError "ntXent: b has D=4, wanted D=8 as in a".
 * @see Chen et al., arXiv:2002.05709; google-research/simclr@383d414 tf2/objective.py
 */
export function ntXent(
  a: Tensor2D,
  b: Tensor2D,
  { temperature = 0.5, eps = 1e-12 }: Partial<NtXentOptions> = {},
): NtXentLoss {
  const { N } = checkViews('ntXent', a, b, 'one image has no negatives');
  checkNumber('ntXent', 'temperature', temperature, { above: 0 });
  checkNumber('ntXent', 'eps', eps, { above: 0 });
  return scoped(() => {
    const z = l2Normalise(tf.concat([a, b], 0), { eps, clamp: 'square' });
    const identity = tf.eye(N);
    const nothing = tf.zerosLike(identity);
    const similarity = tf.matMul<Tensor2D>(z, z, false, true);
    const others = tf.add<Tensor2D>(similarity, tf.mul(tf.eye(2 * N), excluded));
    // The positive of row n is row n of the other view, whichever view n is in.
    const positives = tf.concat([tf.concat([nothing, identity], 1), tf.concat([identity, nothing], 1)], 0);
    const meanOverPositives = (x: Tensor2D): Scalar => tf.div(totalSum(tf.mul(x, positives)), 2 * N);
    // From the log-softmax, not as the sum of the two terms: near zero that sum cancels.
    const total = tf.neg(meanOverPositives(logSoftargmax(others, { temperature })));
    const attraction = tf.div<Scalar>(meanOverPositives(similarity), -temperature);
    return { total, attraction, repulsion: tf.sub(total, attraction) };
  });
}
