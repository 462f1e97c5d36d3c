import { tf, type Tensor2D } from '../../tf.js';
import { totalSum } from '../columns.js';

/**
 * With scaling vectors: `Q = diag(v) E diag(u)`, `E = exp((scores - max) / epsilon)`; two matrix-vector products an iteration.
 *
 * Exact while the smallest element of E is a normal number and u and v stay in range; see `plainRange` in op.ts.
 */
export function sinkhornPlain(scores: Tensor2D, epsilon: number, iterations: number): Tensor2D {
  const [N, K] = scores.shape;
  return tf.tidy(() => {
    const e: Tensor2D = tf.exp(tf.div(tf.sub(scores, tf.max(scores)), epsilon));
    if (iterations === 0) return tf.mul(e, tf.div(N, totalSum(e)));
    let v: Tensor2D = tf.ones([1, N]);
    let q = e;
    for (let i = 0; i < iterations; i++) {
      const u = tf.div(1 / K, tf.matMul(v, e));
      q = tf.mul(e, u);
      v = tf.reshape(tf.div(1 / N, tf.sum(q, 1)), [1, N]);
    }
    return tf.mul(q, tf.mul(tf.reshape(v, [N, 1]), N));
  });
}

/**
 * With potentials: `log Q = L + f_k + g_n`, `L = (scores - row maximum) / epsilon`, whose largest elements, those that decide, are exact.
 *
 * The last step makes every row a distribution, so that the result is the softmax of `L + f`.
 */
export function sinkhornLog(scores: Tensor2D, epsilon: number, iterations: number): Tensor2D {
  const [N, K] = scores.shape;
  return tf.tidy(() => {
    const rowMaximum = tf.max(scores, 1, true);
    const l: Tensor2D = tf.div(tf.sub(scores, rowMaximum), epsilon);
    let g: Tensor2D = tf.reshape(tf.div(tf.sub(rowMaximum, tf.max(scores)), epsilon), [1, N]);
    if (iterations === 0) {
      const shifted: Tensor2D = tf.exp(tf.add(l, tf.reshape(g, [N, 1])));
      return tf.mul(shifted, tf.div(N, totalSum(shifted)));
    }
    // Reductions over the last axis are the fast ones, hence a copy with the samples last.
    const lT = tf.transpose(l);
    let lf = l;
    for (let i = 0; i < iterations; i++) {
      const f = tf.neg(tf.add(tf.logSumExp(tf.add(lT, g), 1), Math.log(K)));
      lf = tf.add(l, tf.reshape(f, [1, K]));
      g = tf.reshape(tf.neg(tf.add(tf.logSumExp(lf, 1), Math.log(N))), [1, N]);
    }
    return tf.softmax(lf);
  });
}
