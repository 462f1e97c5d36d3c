import { BackendError, type Backend } from '@jembench/core';

/**
 * Throws, whenever it is called, once the backend's device is gone: what is computed from then on means nothing, and tfjs does not tell.
 *
 * The news of it is a message: let messages in before the call.
 */
export function deviceWatch(backend: Backend): () => void {
  let gone: string | undefined;
  void backend.lost.then((reason) => {
    gone = reason;
  });
  return () => {
    if (gone !== undefined) throw new BackendError(gone);
  };
}
