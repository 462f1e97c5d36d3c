import type { Stream } from '@jembench/core';

/**
 * `count` of the images with these labels, each class in the proportion that it has (to within one image), drawn by `stream`.
 *
 * @param count at most `labels.length`.
 * @returns indices in ascending order: a subset keeps the order of the whole.
 */
export function stratifiedSubset(
  labels: ArrayLike<number>,
  classes: number,
  count: number,
  stream: Stream,
): Int32Array {
  const members: number[][] = Array.from({ length: classes }, () => []);
  for (let i = 0; i < labels.length; i++) members[labels[i]].push(i);
  const quotas = proportionalQuotas(
    members.map((indices) => indices.length),
    count,
  );
  const chosen: number[] = [];
  members.forEach((indices, label) => {
    const order = stream.fork(label).permutation(indices.length);
    for (let k = 0; k < quotas[label]; k++) chosen.push(indices[order[k]]);
  });
  return Int32Array.from(chosen).sort();
}

/** `count` shared out in proportion to `sizes`: whole parts first, then one each to the largest remainders (the first of equals). */
export function proportionalQuotas(sizes: readonly number[], count: number): number[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  // Integers throughout: a rounded quotient must not decide who gets the last image.
  const quotas = sizes.map((size) => Math.floor((size * count) / total));
  const remainders = sizes.map((size) => (size * count) % total);
  const order = sizes.map((_, i) => i).sort((a, b) => remainders[b] - remainders[a] || a - b);
  let left = count - quotas.reduce((sum, quota) => sum + quota, 0);
  for (const i of order) {
    if (left === 0) break;
    quotas[i]++;
    left--;
  }
  return quotas;
}
