import { ShapeError, checkShapes, type ShapedArgument, type Tensor } from '@jembench/core';

/** The arguments of checkShapes for a list of tensors: `name[0]`, `name[1]`, ... */
export function listed(name: string, tensors: readonly Tensor[], letters: string): Record<string, ShapedArgument> {
  return Object.fromEntries(tensors.map((tensor, i) => [`${name}[${i}]`, [tensor, letters]]));
}

/** @throws ShapeError for fewer crops than a loss can compare. */
export function checkCropCount(where: string, name: string, crops: readonly Tensor[], fewest: number): void {
  if (crops.length >= fewest) return;
  throw new ShapeError(`${where}: ${name}, got ${crops.length} crops, wanted at least ${fewest}: one matrix a crop`);
}

/**
 * Checks two views `[N, D]` of one batch.
 *
 * @param because why one row is not enough.
 * @throws ShapeError "vicreg: a has N=1, wanted N >= 2: the variance of one row is undefined".
 */
export function checkViews(where: string, a: Tensor, b: Tensor, because: string): { N: number; D: number } {
  const { N, D } = checkShapes(where, { a: [a, 'N D'], b: [b, 'N D'] });
  if (N < 2) throw new ShapeError(`${where}: a has N=${N}, wanted N >= 2: ${because}`);
  return { N, D };
}
