import type { GoldenArray } from './values.js';

/** One comparison that failed. `tolerance` and `error` are relative, null where the comparison is not one of distance. */
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

/**
 * The largest deviation of `got` from `wanted` against the largest magnitude, or undefined when it is within `tolerance`.
 *
 * @param got the values under test; one that is not finite never passes, nor does another number of them.
 * @param magnitude a lower bound of what the error is relative to.
 */
export function arrayMismatch(
  field: string,
  got: ArrayLike<number>,
  wanted: GoldenArray,
  tolerance: number,
  magnitude: number,
): Mismatch | undefined {
  const { data, shape } = wanted;
  if (got.length !== data.length) {
    const text = `${data.length} values, shape [${shape.join(', ')}]`;
    return { field, got: `${got.length} values`, wanted: text, tolerance: null, error: null };
  }
  let scale = magnitude;
  let worst = -1;
  let difference = 0;
  for (let i = 0; i < data.length; i++) {
    scale = Math.max(scale, Math.abs(data[i]));
    const distance = Math.abs(got[i] - data[i]);
    // Not `distance > difference`: that is false for NaN, which has to win here.
    if (!(distance <= difference) && !Number.isNaN(difference)) {
      difference = distance;
      worst = i;
    }
  }
  if (difference <= tolerance * scale) return undefined;
  const at = shape.length === 0 ? field : `${field}[${worst}]`;
  const error = Number.isFinite(difference) && scale > 0 ? difference / scale : null;
  return { field: at, got: String(got[worst]), wanted: String(data[worst]), tolerance, error };
}
