/**
 * How far a result may be from a golden value: the one place that decides it.
 *
 *     error     = max |got - wanted| / max(max |wanted|, magnitude)
 *     tolerance = referenceErrorFactor * float32_error + ulps * u * sqrt(n)
 *
 * Both are relative: a scalar to itself, an array or a gradient to its largest entry (the small entries of a gradient are sums that
 * cancel, their own relative error says nothing).
 *
 * - `float32_error` is what the reference code itself lost in float32 on that case. It is one draw of a rounding error, hence the
 *   factor, and may be zero by luck, hence the floor.
 * - The floor is the rounding noise of a sum: `u` is the unit roundoff of the arithmetic under test (2^-24 or 2^-53), and n rounded
 *   terms, n being the elements of the case's largest input, leave an error that grows like sqrt(n).
 * - `ulps` is how many such errors the op adds up. Every topic states its own, with its reason.
 * - `magnitude` is the size of the terms that cancel in a result, where one result is such a sum (the mean of cosines of both signs).
 *   It widens the tolerance only when it exceeds the result itself, and a topic that gives it says why.
 */
export interface Tolerance {
  /** The arithmetic of the code under test. `float64` ignores `float32_error`. */
  readonly precision: 'float32' | 'float64';
  /** The floor, in units of `u * sqrt(n)`. */
  readonly ulps: number;
}

/** How many times the float32 error of the reference is allowed: a different order of summation is a different draw. */
export const referenceErrorFactor = 4;

const unitRoundoff = { float32: 2 ** -24, float64: 2 ** -53 } as const;

/** The relative tolerance of one comparison. */
export function relativeTolerance(tolerance: Tolerance, float32Error: number, largestInput: number): number {
  const floor = tolerance.ulps * unitRoundoff[tolerance.precision] * Math.sqrt(Math.max(1, largestInput));
  return tolerance.precision === 'float32' ? referenceErrorFactor * float32Error + floor : floor;
}
