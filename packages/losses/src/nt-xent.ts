import { checkNumber, l2Normalise, tf, type Scalar, type Tensor1D, type Tensor2D } from '@jembench/core';
import { checkViews } from './checks.js';
import { constant, scoped } from './scope.js';

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

// Takes an anchor itself and its positive out of the sum over its negatives: added to a cosine, before the temperature. Finite, since
// -Infinity minus -Infinity is NaN, and large enough for any temperature that makes sense.
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
    const cosines = tf.matMul<Tensor2D>(z, z, false, true);
    const identity = tf.eye(N);
    const nothing = tf.zerosLike(identity);
    // The positive of row n is row n of the other view, whichever view n is in.
    const positives = tf.concat([tf.concat([nothing, identity], 1), tf.concat([identity, nothing], 1)], 0);
    const others = tf.mul(tf.add(tf.eye(2 * N), positives), excluded);
    const positive = tf.div<Tensor1D>(tf.sum(tf.mul(cosines, positives), 1), temperature);
    const sumOfNegatives = logSumExp(tf.div(tf.add(cosines, others), temperature));
    // -log(P / (P + S)) as softplus(log S - log P): for a confident anchor P / (P + S) rounds to 1, and log and gradient with it.
    const total = tf.mean<Scalar>(tf.softplus(tf.sub(sumOfNegatives, positive)));
    const attraction = tf.neg(tf.mean<Scalar>(positive));
    return { total, attraction, repulsion: tf.sub(total, attraction) };
  });
}

/** Of each row. The maximum is a constant for the gradient, which it does not change. */
function logSumExp(x: Tensor2D): Tensor1D {
  const largest = constant(x, (logits) => tf.max<Tensor2D>(logits, 1, true));
  const sum = tf.sum<Tensor1D>(tf.exp(tf.sub(x, largest)), 1);
  return tf.add(tf.log(sum), tf.squeeze<Tensor1D>(largest, [1]));
}
