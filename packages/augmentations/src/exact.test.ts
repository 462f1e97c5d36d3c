import { describe, expect, it } from 'vitest';
import { exactExp, exactLog } from './exact.js';

const relative = (got: number, wanted: number) => Math.abs(got - wanted) / Math.abs(wanted);

describe('exactExp', () => {
  it('is 1 at 0, and e at 1 to the last place', () => {
    expect(exactExp(0)).toBe(1);
    expect(relative(exactExp(1), Math.E)).toBeLessThan(2 ** -52);
  });

  it('is within 4 units in the last place of the engine over the whole range', () => {
    for (let x = -700; x <= 700; x += 0.37) expect(relative(exactExp(x), Math.exp(x))).toBeLessThan(4 * 2 ** -52);
  });

  it('underflows to 0', () => {
    expect(exactExp(-1e4)).toBe(0);
  });
});

describe('exactLog', () => {
  it('is 0 at 1 and ln 2 at 2', () => {
    expect(exactLog(1)).toBe(0);
    expect(exactLog(2)).toBe(Math.LN2);
  });

  it('is within 4 units in the last place of the engine from 1e-300 to 1e300', () => {
    for (let e = -300; e <= 300; e++) {
      const x = 1.7 * 10 ** e;
      expect(relative(exactLog(x), Math.log(x))).toBeLessThan(4 * 2 ** -52);
    }
  });

  it('undoes the exponential', () => {
    for (const x of [-3, -0.25, 0.1, 2.5]) expect(exactLog(exactExp(x))).toBeCloseTo(x, 14);
  });
});
