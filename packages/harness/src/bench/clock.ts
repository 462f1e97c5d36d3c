import { HarnessError } from '../errors.js';

/** A block lasts at least so many ticks, so that a tick more or less is at most one percent of it. */
const ticksPerBlock = 100;

/**
 * The smallest step that a clock was seen to take, milliseconds.
 *
 * @param now the clock.
 * @param readings after so many readings without a step the clock stands still.
 * @throws HarnessError for a clock that stands still, or gives no number.
 */
export function clockTick(now: () => number, readings = 50_000_000): number {
  let smallest = Infinity;
  let last = now();
  let steps = 0;
  for (let reading = 0; steps < 20; reading++) {
    const next = now();
    if (!Number.isFinite(next)) throw new HarnessError(`clock: time, got ${next}, wanted milliseconds`);
    if (next > last) {
      smallest = Math.min(smallest, next - last);
      last = next;
      steps++;
    } else if (reading >= readings) throw new HarnessError('clock: got one that stands still, wanted one that ticks');
  }
  return smallest;
}

/** @throws HarnessError where a tick is more than a hundredth of a block of so many milliseconds. */
export function assertFineClock(tickMs: number, blockMs: number): void {
  const wanted = blockMs / ticksPerBlock;
  if (tickMs <= wanted) return;
  throw new HarnessError(
    `clock: tick, got ${tickMs} ms, wanted at most ${wanted} ms, a hundredth of a block; time on a machine or in a browser with a finer clock`,
  );
}
