import { InputError } from '@jembench/core';
import { wolfeStep, type Along } from './line-search.js';

/** A smooth function: returns its value at `x` and writes its gradient there into `gradient`. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

/** Options of {@link lbfgs}. */
export interface LbfgsOptions {
  /** Stop when no component of the gradient is larger. Default 1e-6. */
  readonly gradientTolerance: number;
  /** Default 500. */
  readonly maxIterations: number;
  /** Pairs of steps and gradient changes that are kept. Default 10. */
  readonly memory: number;
  /** Applies an approximate inverse Hessian, symmetric and positive definite, to a vector in place. Default: none. */
  readonly precondition: ((vector: Float64Array) => void) | undefined;
}

/** Where {@link lbfgs} ended. */
export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  /** Largest magnitude in the gradient at `x`. */
  readonly gradientNorm: number;
  readonly iterations: number;
  readonly evaluations: number;
  /** Whether `gradientNorm` is within the tolerance. */
  readonly converged: boolean;
}

/** One remembered step: `s` in the variables, `y` in the gradient, `rho = 1 / (s y)`, and `y M y` for the preconditioner `M`. */
interface Pair {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly rho: number;
  readonly yMy: number;
}

/**
 * Minimises a smooth function with L-BFGS: two-loop recursion over the last pairs, strong Wolfe line search.
 *
 * Deterministic: the same function and start give the same bits. With a preconditioner `M` the recursion starts from `g M` in place of
 * `g I` (`g = s y / y M y`), which for a well-chosen `M` saves most iterations on badly conditioned problems.
 *
 * @param start copied, not changed.
 * @throws InputError when the value or gradient at `start` is not finite, or an option is out of range.
 * @see Liu and Nocedal, Mathematical Programming 45 (1989)
 */
export function lbfgs(objective: Objective, start: Float64Array, options: Partial<LbfgsOptions> = {}): Minimum {
  const { gradientTolerance = 1e-6, maxIterations = 500, memory = 10, precondition } = options;
  if (!(gradientTolerance > 0) || !(maxIterations >= 0) || !(memory >= 1)) {
    throw new InputError(
      `lbfgs: options, got gradientTolerance ${gradientTolerance}, maxIterations ${maxIterations}, memory ${memory}, ` +
        'wanted a positive tolerance, no negative number of iterations, at least one pair of memory',
    );
  }
  let evaluations = 0;
  const evaluate = (x: Float64Array): Located => {
    const gradient = new Float64Array(x.length);
    const value = objective(x, gradient);
    evaluations++;
    return { x, gradient, value };
  };
  let here = evaluate(start.slice());
  if (!Number.isFinite(here.value) || !here.gradient.every(Number.isFinite)) {
    throw new InputError(
      `lbfgs: start, got a value of ${here.value} or a gradient that is not finite, wanted finite numbers`,
    );
  }

  const pairs: Pair[] = [];
  let iterations = 0;
  while (iterations < maxIterations && largest(here.gradient) > gradientTolerance) {
    const direction = descent(here.gradient, pairs, precondition);
    const { x, value } = here;
    const at = (step: number): Located & Along => {
      const point = evaluate(x.map((xi, i) => xi + step * direction[i]));
      return { ...point, step, slope: dot(point.gradient, direction) };
    };
    const slope = dot(here.gradient, direction);
    const isScaled = pairs.length > 0 || precondition !== undefined;
    const first = isScaled ? 1 : 1 / Math.sqrt(dot(here.gradient, here.gradient));
    const next = slope < 0 ? wolfeStep({ step: 0, value, slope }, at, first) : null;
    if (next === null) {
      // Rounding has spoilt the remembered curvature: once more without it; failing that, this is as far as float64 goes.
      if (pairs.length === 0) break;
      pairs.length = 0;
      continue;
    }
    remember(pairs, memory, precondition, here, next);
    here = next;
    iterations++;
  }
  const gradientNorm = largest(here.gradient);
  const { x, value } = here;
  return { x, value, gradientNorm, iterations, evaluations, converged: gradientNorm <= gradientTolerance };
}

/** A point with the function's value and gradient there. */
interface Located {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
}

/** Minus the approximate inverse Hessian times the gradient, by the two-loop recursion; `pairs` oldest first. */
function descent(
  gradient: Float64Array,
  pairs: readonly Pair[],
  precondition: LbfgsOptions['precondition'],
): Float64Array {
  const q = gradient.map((g) => -g);
  const taken = new Float64Array(pairs.length);
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { s, y, rho } = pairs[i];
    taken[i] = rho * dot(s, q);
    add(q, -taken[i], y);
  }
  precondition?.(q);
  const newest = pairs.at(-1);
  if (newest !== undefined) {
    const scale = 1 / (newest.rho * newest.yMy);
    for (let i = 0; i < q.length; i++) q[i] *= scale;
  }
  for (let i = 0; i < pairs.length; i++) {
    const { s, y, rho } = pairs[i];
    add(q, taken[i] - rho * dot(y, q), s);
  }
  return q;
}

function remember(
  pairs: Pair[],
  memory: number,
  precondition: LbfgsOptions['precondition'],
  from: Located,
  to: Located,
): void {
  const s = to.x.map((x, i) => x - from.x[i]);
  const y = to.gradient.map((g, i) => g - from.gradient[i]);
  const curvature = dot(s, y);
  // Without positive curvature (lost to rounding) the pair would make the matrix indefinite.
  if (!(curvature > Number.EPSILON * dot(y, y))) return;
  const my = y.slice();
  precondition?.(my);
  pairs.push({ s, y, rho: 1 / curvature, yMy: dot(y, my) });
  if (pairs.length > memory) pairs.shift();
}

function largest(v: Float64Array): number {
  let most = 0;
  for (const x of v) most = Math.max(most, Math.abs(x));
  return most;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function add(target: Float64Array, factor: number, v: Float64Array): void {
  for (let i = 0; i < target.length; i++) target[i] += factor * v[i];
}
