import { checkNumber, contrast, l2Normalise, tf, type Scalar, type Tensor2D } from '@jembench/core';
import { checkViews } from './checks.js';
import { scoped } from './scope.js';

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
  checkViews('ntXent', a, b, 'one image has no negatives');
  checkNumber('ntXent', 'temperature', temperature, { above: 0 });
  checkNumber('ntXent', 'eps', eps, { above: 0 });
  return scoped(() => {
    const z = l2Normalise(tf.concat([a, b], 0), { eps, clamp: 'square' });
    const { total, attraction } = contrast(z, { temperature });
    return { total, attraction, repulsion: tf.sub(total, attraction) };
  });
}
