/** A function along a line: its value and slope at a step. */
export interface Along {
  readonly step: number;
  readonly value: number;
  readonly slope: number;
}

/** Sufficient decrease and curvature of the strong Wolfe conditions, as usual for quasi-Newton directions. */
const DECREASE = 1e-4;
const CURVATURE = 0.9;
const MOST_TRIALS = 40;
/** What rounding may do to a value, as a share of it: a sum of many terms loses a few hundred units in the last place. */
const ROUNDING = 1e-12;

/**
 * A step along a descent direction that meets the strong Wolfe conditions:
 *
 *     f(t) <= f(0) + 1e-4 t f'(0)   and   |f'(t)| <= 0.9 |f'(0)|
 *
 * Values are compared up to their rounding, so that close to the optimum, where they no longer differ, the slopes decide.
 *
 * @param start the point at step 0; its slope must be negative.
 * @param at evaluates a positive step. A value that is not finite counts as too long a step.
 * @param first the step to try first.
 * @returns the point found; the best one with sufficient decrease when the curvature condition is out of reach; `null` when there is
 *   none (up to rounding, the direction does not descend).
 * @see Nocedal and Wright, Numerical Optimization, algorithms 3.5 and 3.6
 */
export function wolfeStep<Point extends Along>(start: Along, at: (step: number) => Point, first: number): Point | null {
  const noise = ROUNDING * Math.abs(start.value);
  // `low` has the least value of the steps that decrease enough; the interval from it to `high` holds a good step.
  let best: Point | null = null;
  let low = start;
  let high: Along | null = null;
  let step = first;
  for (let trial = 0; trial < MOST_TRIALS; trial++) {
    const here = at(step);
    const isTooLong =
      !(here.value <= start.value + DECREASE * step * start.slope + noise) ||
      (low.step > 0 && here.value > low.value + noise) ||
      !Number.isFinite(here.slope);
    if (isTooLong) {
      high = here;
    } else {
      if (Math.abs(here.slope) <= -CURVATURE * start.slope) return here;
      const end: Along | null = high ?? (here.slope < 0 ? null : low);
      if (end === null) {
        low = here;
        if (here.value < start.value) best = here;
        step *= 3;
        continue;
      }
      // The slope must point from `low` into the interval.
      high = here.slope * (end.step - here.step) >= 0 ? low : end;
      low = here;
      if (here.value < start.value) best = here;
    }
    const next: number = between(low, high);
    if (next === step || next === low.step) break;
    step = next;
  }
  return best;
}

/** The minimum of the cubic through both ends, kept a tenth of the interval away from them; the middle where there is none. */
function between(a: Along, b: Along): number {
  const width = b.step - a.step;
  const middle = a.step + width / 2;
  if (!Number.isFinite(b.value) || !Number.isFinite(b.slope)) return middle;
  const secant = (3 * (b.value - a.value)) / width;
  const d = a.slope + b.slope - secant;
  const root = Math.sqrt(d * d - a.slope * b.slope);
  if (!Number.isFinite(root)) return middle;
  const signed = width < 0 ? -root : root;
  const cubic = b.step - width * ((b.slope + signed - d) / (b.slope - a.slope + 2 * signed));
  if (!Number.isFinite(cubic)) return middle;
  const share = (cubic - a.step) / width;
  return a.step + width * Math.min(0.9, Math.max(0.1, share));
}
