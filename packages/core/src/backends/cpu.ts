import { tf } from '../tf.js';
import { activate } from './activate.js';
import type { BackendDescriptor } from './types.js';

/** In Node the first tensor of this backend prints an advertisement for tfjs-node. */
function withoutGreeting(makeTensor: () => void): void {
  const quiet = tf.env().getBool('PROD');
  tf.env().set('PROD', true);
  makeTensor();
  tf.env().set('PROD', quiet);
}

/** tfjs's plain JavaScript backend: runs everywhere, about 0.5 GFLOP/s; for checks, not for training. */
export const cpu: BackendDescriptor = {
  support: () =>
    Promise.resolve({
      available: true,
      reason: 'plain JavaScript, runs everywhere',
      advice: 'use wasm for training: it is some fifty times faster',
    }),
  async load() {
    await import('@tensorflow/tfjs-backend-cpu');
    await activate('cpu');
    withoutGreeting(() => {
      tf.zeros([1]).dispose();
    });
  },
  // A kernel has computed its result when the call returns.
  fence: () => Promise.resolve(),
  describe: () => ({
    name: 'cpu',
    tfjs: tf.version_core,
    build: 'cpu-javascript',
    threads: 1,
    flags: {},
    software: true,
  }),
};
