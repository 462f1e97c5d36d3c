import { tf, type Tensor } from '../../tf.js';
import { stopGradient } from '../stop-gradient.js';

/**
 * The maximum goes before the division: the difference of two nearby logits is exact, while a logit divided by a small temperature has
 * lost digits that the exponential then magnifies. It is constant for the gradient, which it does not change.
 */
function logits<T extends Tensor>(z: T, temperature: number): T {
  return tf.div(tf.sub(z, stopGradient(tf.max(z, -1, true))), temperature);
}

export function softargmaxComposed<T extends Tensor>(z: T, temperature: number): T {
  return tf.tidy(() => tf.softmax(logits(z, temperature)));
}

export function logSoftargmaxComposed<T extends Tensor>(z: T, temperature: number): T {
  return tf.tidy(() => tf.logSoftmax(logits(z, temperature)));
}
