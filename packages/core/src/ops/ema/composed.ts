import { tf, type Tensor } from '../../tf.js';

export function emaComposed<T extends Tensor>(teacher: T, online: T, momentum: number): T {
  return tf.tidy(() => tf.add(teacher, tf.mul(tf.sub(online, teacher), 1 - momentum)));
}
