import { InputError } from '@jembench/core';

/** `value` if it is a finite number in [low, high]; NaN and the infinities never pass. */
export function inRange(where: string, what: string, value: number, low: number, high = Number.MAX_VALUE): number {
  if (!Number.isFinite(value) || value < low || value > high) {
    const wanted = high === Number.MAX_VALUE ? `a finite number of at least ${low}` : `a number from ${low} to ${high}`;
    throw new InputError(`${where}: ${what}, got ${value}, wanted ${wanted}`);
  }
  return value;
}

/** `value` if it is an integer of at least `low`. */
export function integerFrom(where: string, what: string, value: number, low: number): number {
  if (!Number.isSafeInteger(value) || value < low) {
    throw new InputError(`${where}: ${what}, got ${value}, wanted an integer of at least ${low}`);
  }
  return value;
}
