import { BackendError, type Backend } from '@jembench/core';

/** Tells that the backend's device is gone: what is computed from then on means nothing, and tfjs does not tell. */
export interface DeviceWatch {
  /** @throws BackendError once it is gone. The news of it is a message: let messages in before the call. */
  check(): void;
  /** What `work` comes to. @throws BackendError as soon as the device is gone: what is read from it may never come. */
  during<T>(work: Promise<T>): Promise<T>;
  /** The same for one item after the other. */
  each<T>(items: AsyncIterable<T>): AsyncGenerator<T>;
}

export function deviceWatch({ lost }: Backend): DeviceWatch {
  let reason: string | undefined;
  const gone = lost.then((why): never => {
    reason = why;
    throw new BackendError(why);
  });
  // It may be lost while nothing waits for it.
  gone.catch(() => undefined);
  const during = <T>(work: Promise<T>): Promise<T> => Promise.race([work, gone]);
  return {
    check() {
      if (reason !== undefined) throw new BackendError(reason);
    },
    during,
    async *each(items) {
      const iterator = items[Symbol.asyncIterator]();
      try {
        for (;;) {
          const next = await during(iterator.next());
          if (next.done === true) return;
          yield next.value;
        }
      } finally {
        // One that waits for a lost device would never return.
        if (reason === undefined) await iterator.return?.();
      }
    },
  };
}
