import { tf, type Tensor2D } from '../../tf.js';
import { totalSum } from '../columns.js';

/** No iteration: all scores as one distribution, times N. */
function unbalanced(scores: Tensor2D, epsilon: number): Tensor2D {
  const e: Tensor2D = tf.exp(tf.div(tf.sub(scores, tf.max(scores)), epsilon));
  return tf.mul(e, tf.div(scores.shape[0], totalSum(e)));
}

/**
 * Scores without their row maxima. A factor a row does not change the result of one iteration or more, given where it starts: samples
 * weighted by `start`. What it changes is that a row's largest elements, those that decide, are nearly exact after the division.
 */
interface Shifted {
  /** `[N, K]`, all at most 0. */
  readonly shifted: Tensor2D;
  /** `[N, 1]`: epsilon times the logarithm of the weight that each sample starts with. */
  readonly start: Tensor2D;
}

function withoutRowMaxima(scores: Tensor2D): Shifted {
  const rowMaximum: Tensor2D = tf.max(scores, 1, true);
  return { shifted: tf.sub(scores, rowMaximum), start: tf.sub(rowMaximum, tf.max(scores)) };
}

/**
 * With scaling vectors: `Q = diag(v) E diag(u)`, `E = exp(shifted / epsilon)`; two matrix-vector products an iteration.
 *
 * Exact while the smallest element of E is a normal number and u and v stay in range; see `plainRange` in op.ts.
 */
export function sinkhornPlain(scores: Tensor2D, epsilon: number, iterations: number): Tensor2D {
  const [N, K] = scores.shape;
  return tf.tidy(() => {
    if (iterations === 0) return unbalanced(scores, epsilon);
    const { shifted, start } = withoutRowMaxima(scores);
    const e: Tensor2D = tf.exp(tf.div(shifted, epsilon));
    let u: Tensor2D = tf.zeros([1, K]);
    let v: Tensor2D = tf.reshape(tf.exp(tf.div(start, epsilon)), [1, N]);
    for (let i = 0; i < iterations; i++) {
      u = tf.div(1 / K, tf.matMul(v, e));
      v = tf.div(1 / N, tf.matMul(u, e, false, true));
    }
    return tf.mul(tf.mul(e, u), tf.mul(tf.reshape(v, [N, 1]), N));
  });
}

/**
 * On the logarithm of Q itself, not on potentials beside a constant matrix: they grow with `1 / epsilon`, and what their sum rounds away
 * would be digits of the elements that decide, which are near 0 here. Factors common to all prototypes or samples are left out.
 */
export function sinkhornLog(scores: Tensor2D, epsilon: number, iterations: number): Tensor2D {
  return tf.tidy(() => {
    if (iterations === 0) return unbalanced(scores, epsilon);
    const { shifted, start } = withoutRowMaxima(scores);
    // The first balance takes any factor a column out again: starting without the column maxima only saves digits.
    let logQ: Tensor2D = tf.div(tf.sub(shifted, tf.max(shifted, 0, true)), epsilon);
    let weighted: Tensor2D = tf.add(logQ, tf.div(start, epsilon));
    for (let i = 0; i < iterations; i++) {
      logQ = tf.sub(logQ, tf.logSumExp(weighted, 0, true));
      logQ = tf.sub(logQ, tf.logSumExp(logQ, 1, true));
      weighted = logQ;
    }
    return tf.exp(logQ);
  });
}
