import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { lock } from 'proper-lockfile';

/** Runs `work` while no other process changes the home; the lock of a process that is gone is taken over after ten seconds. */
export async function alone<T>(home: string, stop: AbortSignal, waits: () => void, work: () => Promise<T>): Promise<T> {
  await mkdir(home, { recursive: true });
  let told = false;
  for (;;) {
    stop.throwIfAborted();
    try {
      const release = await lock(home, { lockfilePath: `${home}.lock` });
      try {
        return await work();
      } finally {
        await release().catch(() => undefined);
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
      if (!told) waits();
      told = true;
      await sleep(250, undefined, { signal: stop }).catch(() => undefined);
    }
  }
}
