import { BackendError } from '../errors.js';
import { tf } from '../tf.js';

/**
 * Makes a registered backend the current one and checks that it is.
 *
 * tfjs answers a failed initialisation with `false` or with another backend, silently; a result must never carry the wrong name.
 */
export async function activate(name: string): Promise<void> {
  const initialised = await tf.setBackend(name);
  await tf.ready();
  const current = tf.getBackend();
  if (!initialised || current !== name) {
    throw new BackendError(
      `useBackend: ${name} did not initialise, got ${current || 'no backend'}, wanted ${name}; tfjs has printed the cause above`,
    );
  }
}
