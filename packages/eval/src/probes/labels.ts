import { InputError, ShapeError } from '@jembench/core';

/**
 * Class indices as an `Int32Array`, checked: one a row, integers from 0 to `classes - 1`.
 *
 * @param classes the number of classes, or nothing when any non-negative index is right.
 * @throws ShapeError for a wrong count; InputError for a label that is no class index.
 */
export function classIndices(
  where: string,
  what: string,
  labels: ArrayLike<number>,
  rows: number,
  classes?: number,
): Int32Array {
  if (labels.length !== rows) {
    throw new ShapeError(`${where}: ${what}, got ${labels.length} labels, wanted ${rows}, one a row`);
  }
  const most = classes ?? 2 ** 31 - 1;
  for (let i = 0; i < rows; i++) {
    const label = labels[i];
    if (!Number.isInteger(label) || label < 0 || label >= most) {
      throw new InputError(
        `${where}: ${what}, got ${label} in row ${i}, wanted a class index, an integer from 0` +
          (classes === undefined ? ' on' : ` to ${classes - 1}`),
      );
    }
  }
  return Int32Array.from(labels);
}

/** One more than the largest class index in any of the lists. */
export function classCount(...lists: readonly ArrayLike<number>[]): number {
  let largest = -1;
  for (const list of lists) for (let i = 0; i < list.length; i++) if (list[i] > largest) largest = list[i];
  return largest + 1;
}
