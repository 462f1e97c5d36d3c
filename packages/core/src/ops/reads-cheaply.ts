import { tf } from '../tf.js';

const cheap: readonly string[] = ['wasm', 'cpu', 'tensorflow'];

/** Whether reading a scalar back costs no more than the read: there, an op may look at its data before it chooses a form. */
export function readsCheaply(): boolean {
  return cheap.includes(tf.getBackend());
}
