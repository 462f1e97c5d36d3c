import { killWorkers } from '../worker/spawn.js';
import { Interrupted } from '../errors.js';
import { say } from '../output/stdout.js';

/** Fires at the first Ctrl-C or SIGTERM; a second one ends everything at once. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Stops for another reason, such as a folder that was taken over. */
  stop(): void;
  /** Gives the signals back to Node. */
  release(): void;
}

export function watchInterrupts(): Interrupt {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) {
      killWorkers();
      process.exit(130);
    }
    say('jembench: stopping; the runs under way write their checkpoints (once more to stop at once)');
    controller.abort(new Interrupted('stopped; the same command goes on from here'));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    stop: () => {
      controller.abort();
    },
    release() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
