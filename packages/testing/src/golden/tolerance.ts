/**
 * How far a result may be from a golden value: the one place that decides it.
 *
 *     |got - wanted|  <=  referenceErrorFactor * float32_error * W  +  u * (ulps * sqrt(n + 64) + condition) * max(W, magnitude)
 *
 * W is the largest |wanted|: of a scalar itself, of an array or a gradient its largest entry (the small entries of a gradient are sums
 * that cancel, and their own relative error says nothing).
 *
 * - `float32_error` is what the reference code itself lost in float32 on that case. It is one draw of a rounding error, hence the
 *   factor, and small by luck at times, hence the floor.
 * - The floor is the rounding noise of a sum: `u` is the unit roundoff of the arithmetic under test (2^-24 or 2^-53), and n rounded
 *   terms, n being the elements of the case's largest input, leave an error that grows like sqrt(n). The 64 stands for the steps that
 *   no shape shortens (means, roots, exponentials, weights). `ulps` is how many such errors the op adds up; every topic states its own.
 * - `condition` is by how much one result magnifies the rounding of what it is made of, where that is known: an exponential that of its
 *   argument, `|x| u`. A topic that gives it says where it comes from.
 * - `magnitude` is the size of the terms that cancel in one result, where it is larger than the result (a mean of cosines of both signs).
 */
export interface Tolerance {
  /** The arithmetic of the code under test. `float64` ignores `float32_error`. */
  readonly precision: 'float32' | 'float64';
  /** The floor, in units of `u * sqrt(n + 64)`. */
  readonly ulps: number;
}

/** How one comparison departs from its topic's tolerance. */
export interface Allowance {
  readonly ulps?: number;
  readonly condition?: number;
  readonly magnitude?: number;
}

/** How many times the float32 error of the reference is allowed: another order of summation is another draw. */
const referenceErrorFactor = 4;

const unitRoundoff = { float32: 2 ** -24, float64: 2 ** -53 } as const;

/** What the case itself brings to a tolerance. */
export interface CaseErrors {
  readonly float32Error: number;
  /** Elements of the largest input. */
  readonly largestInput: number;
  /** The largest |wanted|. */
  readonly largestWanted: number;
}

/** The largest difference that passes. */
export function absoluteTolerance(
  { precision, ulps: topicUlps }: Tolerance,
  { ulps = topicUlps, condition = 0, magnitude = 0 }: Allowance,
  { float32Error, largestInput, largestWanted }: CaseErrors,
): number {
  const reference = precision === 'float32' ? referenceErrorFactor * float32Error * largestWanted : 0;
  const floor = unitRoundoff[precision] * (ulps * Math.sqrt(largestInput + 64) + condition);
  return reference + floor * Math.max(largestWanted, magnitude);
}
