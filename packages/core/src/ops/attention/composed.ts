import { tf, type Tensor3D } from '../../tf.js';

export function attentionComposed(qkv: Tensor3D, heads: number): Tensor3D {
  return tf.tidy(() => {
    const [n, t, packed] = qkv.shape;
    const width = packed / 3;
    const size = width / heads;
    // Heads before positions, so that each head's rows are a matrix: [N, T, 3 heads, size] -> [N, 3 heads, T, size].
    const perHead = tf.transpose(tf.reshape(qkv, [n, t, 3 * heads, size]), [0, 2, 1, 3]);
    // As three long rows an image, which split as three copies.
    const [q, k, v] = tf
      .split(tf.reshape(perHead, [n, 3, heads * t * size]), 3, 1)
      .map((part) => tf.reshape<tf.Rank.R3>(part, [n * heads, t, size]));
    const weights = tf.softmax(tf.matMul(tf.mul<Tensor3D>(q, 1 / Math.sqrt(size)), k, false, true));
    const mixed = tf.reshape(tf.matMul(weights, v), [n, heads, t, size]);
    return tf.reshape<tf.Rank.R3>(tf.transpose(mixed, [0, 2, 1, 3]), [n, t, width]);
  });
}
