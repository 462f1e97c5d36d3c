import { util, type Tensor } from '@tensorflow/tfjs-core';

import type { KernelContext } from '../context.js';

/** The form of a sum over products of columns: by the `[D, D]` matrix, or by `[N, N]` Gram matrices and a subtraction. */
export type ProductForm = 'auto' | 'direct' | 'gram';

/** Bytes of one float. */
export const floatBytes = 4;

/** Flags of the kernels' products: the result is added to what is there. */
export const add = 1;

/** @throws Error for anything but a float32 matrix of at least `rows` rows and one column. */
export function checkMatrix(where: string, name: string, z: Tensor, rows: number): void {
  util.assert(
    z.rank === 2 && z.dtype === 'float32' && z.shape[0] >= rows && z.size > 0,
    () =>
      `${where}: ${name}, got ${z.dtype} of shape [${String(z.shape)}], wanted float32 [N, D] with N >= ${String(rows)}`,
  );
}

/** The upper triangle of `a a^T` to c, a being `[n, k]`; or of `a^T a`, a being `[k, n]`. All are addresses. */
export function upperProduct(
  context: KernelContext,
  a: number,
  c: number,
  n: number,
  k: number,
  transpose: boolean,
): void {
  context.withScratch(context.kernels.gemmScratch(n, k), (scratch) => {
    context.kernels.upperProduct(a, c, n, k, transpose ? 1 : 0, scratch);
  });
}

/** From this many columns a row on the Gram form is tried: with equal variances its subtraction then keeps a third of what it has. */
const wide = 1.5;

export function triesGram(form: ProductForm, rows: number, columns: number): boolean {
  return form === 'gram' || (form === 'auto' && columns >= wide * rows);
}

/**
 * Whether the subtraction of the diagonal part leaves enough: a fifth. What the float32 rounding of N^2 sums leaves in their float64 total is far
 * below a rounding of that total. False for NaN.
 */
export function keepsEnough(all: number, diagonal: number): boolean {
  return all >= 1.25 * diagonal;
}
