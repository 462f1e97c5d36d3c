import { InputError } from '@jembench/core';
import { watchInterrupts } from './interrupt.js';
import { lockFolder } from './lock.js';
import { Store } from './store.js';

/**
 * Works in a folder that nobody else works in, until it is done or stopped.
 *
 * @throws InputError for a folder that cannot be written or is in use.
 */
export async function inFolder<T>(folder: string, work: (store: Store, stop: AbortSignal) => Promise<T>): Promise<T> {
  const store = new Store(folder);
  store.prepare();
  const interrupt = watchInterrupts();
  let lost = false;
  const lock = await lockFolder(store.path('suite.lock'), () => {
    lost = true;
    interrupt.stop();
  });
  try {
    store.tidy();
    return await work(store, interrupt.signal);
  } catch (error) {
    if (!lost) throw error;
    throw new InputError(`${folder}: folder, got taken over by another suite, wanted it alone; that one goes on`);
  } finally {
    lock.release();
    interrupt.release();
  }
}
