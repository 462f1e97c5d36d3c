import type { Outputs } from './declaration.js';

/** The worst output of a comparison with the reference. */
export interface Agreement {
  /** Largest error relative to the largest absolute reference value of the same output. */
  readonly error: number;
  /** What is wrong, or null where every output is within the tolerance. */
  readonly failure: string | null;
}

/**
 * Compares every output with its reference: names and sizes must be the same, and
 * `max |actual - wanted| <= tolerance * max |wanted|` (absolute where the reference is all zero). A non-finite value never agrees.
 */
export function agreement(actual: Outputs, wanted: Outputs, tolerance: number): Agreement {
  const failure = differentNames(actual, wanted);
  if (failure !== null) return { error: Infinity, failure };
  let worst: Agreement = { error: 0, failure: null };
  for (const name of Object.keys(wanted)) {
    const one = agreementOfOne(name, actual[name], wanted[name], tolerance);
    if (one.failure !== null) return one;
    if (one.error > worst.error) worst = one;
  }
  return worst;
}

function differentNames(actual: Outputs, wanted: Outputs): string | null {
  const got = Object.keys(actual).sort().join(', ');
  const names = Object.keys(wanted).sort().join(', ');
  if (names === '') return 'reference: outputs, got none, wanted at least one';
  return got === names ? null : `outputs, got ${got || 'none'}, wanted ${names}`;
}

function agreementOfOne(
  name: string,
  actual: ArrayLike<number>,
  wanted: ArrayLike<number>,
  tolerance: number,
): Agreement {
  if (actual.length !== wanted.length || wanted.length === 0) {
    return { error: Infinity, failure: `${name}: values, got ${actual.length}, wanted ${wanted.length}` };
  }
  let scale = 0;
  let difference = 0;
  for (let i = 0; i < wanted.length; i++) {
    const distance = Math.abs(actual[i] - wanted[i]);
    if (!Number.isFinite(distance)) {
      return {
        error: Infinity,
        failure: `${name}[${i}]: got ${actual[i]}, wanted ${wanted[i]} of the float64 reference`,
      };
    }
    difference = Math.max(difference, distance);
    scale = Math.max(scale, Math.abs(wanted[i]));
  }
  const error = scale > 0 ? difference / scale : difference;
  if (error <= tolerance) return { error, failure: null };
  return {
    error,
    failure: `${name}: error against the float64 reference, got ${error.toExponential(2)}, wanted at most ${tolerance.toExponential(2)}`,
  };
}
