import { util, type Tensor2D, type TensorInfo } from '@tensorflow/tfjs-core';

import { attribute, required, type KernelCall } from '../kernels/kernel.js';
import { requireKernels } from '../registrations.js';
import { checkMatrix } from './matrix.js';

/** What all second moments of a batch are taken about, and divided by. */
export interface Moments {
  /** Subtract the column means first. */
  readonly centred: boolean;
  /** The divisor is `N - ddof`: 1 gives the unbiased estimate. */
  readonly ddof: number;
}

/** @throws Error where the kernels are not registered, and for shapes other than `[N, D]`, `N > ddof`. */
export function checkMoments(where: string, z: Tensor2D, { ddof }: Moments): void {
  requireKernels(where);
  util.assert(
    Number.isInteger(ddof) && ddof >= 0,
    () => `${where}: ddof, got ${String(ddof)}, wanted an integer from 0`,
  );
  checkMatrix(where, 'z', z, ddof + 1);
}

/** A batch about which moments are taken. */
export interface Centred {
  /** The batch without its means where that was asked for, else nothing: z then is that itself. */
  readonly x: TensorInfo;
  /** Its address, whichever it is. */
  readonly at: number;
  readonly rows: number;
  readonly columns: number;
}

/** Centres the `z` of a call where its `centred` says so, and leaves the sums of the squares of its columns at `squares`. */
export function centre(call: KernelCall, squares: number): Centred {
  const { context } = call;
  const z = required(call, 'z');
  const [rows, columns] = z.shape;
  const isCentred = attribute(call, 'centred') as boolean;
  const x = context.output(isCentred ? [rows, columns] : [0]);
  const [from, to] = [context.address(z), context.address(x)];
  context.withScratch(context.kernels.columnScratch(columns), (scratch) => {
    context.kernels.centreColumns(from, isCentred ? to : 0, squares, rows, columns, isCentred ? 1 : 0, scratch);
  });
  return { x, at: isCentred ? to : from, rows, columns };
}
