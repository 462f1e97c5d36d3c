import type { DataType } from '@tensorflow/tfjs-core';

/** An input of a case: a shape, and how its values are made. */
export interface CaseInput {
  readonly shape: number[];
  readonly dtype?: DataType;
  /** Given values, or the range of the generated ones (default -1 to 1). */
  readonly values?: readonly number[];
  readonly range?: readonly [number, number];
}

export const tensor = (...shape: number[]): CaseInput => ({ shape });

/** Numbers that look random and are the same everywhere: a 32-bit linear congruence. */
export function generatedValues(
  count: number,
  seed: number,
  [low, high]: readonly [number, number] = [-1, 1],
): Float32Array {
  let state = (seed * 2654435761) >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return low + ((high - low) * (state >>> 8)) / 2 ** 24;
  });
}

export function inputValues(input: CaseInput, seed: number): Float32Array {
  const count = input.shape.reduce((product, size) => product * size, 1);
  if (input.values)
    return Float32Array.from({ length: count }, (_, i) => input.values?.[i % input.values.length] ?? NaN);
  return generatedValues(count, seed, input.range);
}
