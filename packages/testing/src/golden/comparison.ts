import type { GoldenArray } from './values.js';

/**
 * One comparison that failed. `error` is the largest difference and `tolerance` what was allowed, both relative to the largest |wanted|
 * (absolute where that is 0); null where the comparison is not one of distance.
 */
export interface GoldenFailure {
  readonly case: string;
  /** `outputs.total`, `grads.a[13]`, `params.eps`. */
  readonly field: string;
  readonly got: string;
  readonly wanted: string;
  readonly tolerance: number | null;
  readonly error: number | null;
}

export type Mismatch = Omit<GoldenFailure, 'case'>;

export function largestMagnitude(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]));
  return largest;
}

/**
 * The largest difference of `got` from `wanted`, or undefined when it is within the absolute `tolerance`.
 *
 * @param got the values under test; one that is not finite never passes, nor does another number of them.
 */
export function arrayMismatch(
  field: string,
  got: ArrayLike<number>,
  { data, shape }: GoldenArray,
  tolerance: number,
): Mismatch | undefined {
  if (got.length !== data.length) {
    const wanted = `${data.length} values, shape [${shape.join(', ')}]`;
    return { field, got: `${got.length} values`, wanted, tolerance: null, error: null };
  }
  let worst = -1;
  let difference = 0;
  for (let i = 0; i < data.length; i++) {
    const distance = Math.abs(got[i] - data[i]);
    // Not `distance > difference`: that is false for NaN, which has to win here.
    if (!(distance <= difference) && !Number.isNaN(difference)) {
      difference = distance;
      worst = i;
    }
  }
  if (difference <= tolerance) return undefined;
  const scale = largestMagnitude(data) || 1;
  return {
    field: shape.length === 0 ? field : `${field}[${worst}]`,
    got: String(got[worst]),
    wanted: String(data[worst]),
    tolerance: tolerance / scale,
    error: Number.isFinite(difference) ? difference / scale : null,
  };
}
