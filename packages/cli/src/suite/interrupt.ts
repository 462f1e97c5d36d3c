import { killWorkers } from '../hosts/node/spawn.js';
import { Interrupted } from '../errors.js';
import { ExitCode } from '../exit.js';
import { say } from '../output/stdout.js';

/** npm, `timeout` and a terminal each hand on the same signal: what follows so soon is an echo, not a second wish. */
const echoMs = 1000;

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
  let asked = -Infinity;
  const onSignal = (): void => {
    const again = performance.now() - asked;
    if (again < echoMs) return;
    if (controller.signal.aborted) {
      killWorkers();
      process.exit(ExitCode.interrupted);
    }
    asked = performance.now();
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
