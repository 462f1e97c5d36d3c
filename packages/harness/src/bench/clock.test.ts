import { describe, expect, it } from 'vitest';
import { assertFineClock, clockTick } from './clock.js';

/** A clock that is read every `every` ms and shows whole multiples of `tick`. */
const coarse = (tick: number, every: number) => {
  let t = 0;
  return () => tick * Math.floor((t += every) / tick);
};

describe('a clock', () => {
  it.each([
    [0.005, 0.001],
    [0.1, 0.003],
    [100, 7],
  ])('that ticks every %s ms is known by it', (tick, every) => {
    expect(clockTick(coarse(tick, every))).toBeCloseTo(tick, 9);
  });

  it('of this machine is fine enough', () => {
    expect(() => {
      assertFineClock(
        clockTick(() => performance.now()),
        50,
      );
    }).not.toThrow();
  });

  it('that is too coarse for a block is refused', () => {
    expect(() => {
      assertFineClock(0.5, 50);
    }).not.toThrow();
    expect(() => {
      assertFineClock(1, 50);
    }).toThrow('clock: tick, got 1 ms, wanted at most 0.5 ms');
  });

  it('that stands still or is no clock is refused', () => {
    expect(() => clockTick(() => 7, 1000)).toThrow('stands still');
    expect(() => clockTick(() => NaN)).toThrow('got NaN');
  });
});
