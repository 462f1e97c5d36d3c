import { logSoftargmax, softargmax } from '@jembench/wasm-training';
import type { Tensor } from '../../tf.js';

/** One kernel forward and one backward, the temperature included. */
export function softargmaxWasm<T extends Tensor>(z: T, temperature: number): T {
  return softargmax(z, temperature);
}

export function logSoftargmaxWasm<T extends Tensor>(z: T, temperature: number): T {
  return logSoftargmax(z, temperature);
}
