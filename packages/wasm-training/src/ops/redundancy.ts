import {
  engine,
  reshape,
  slice,
  tidy,
  util,
  type Rank,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type TensorInfo,
} from '@tensorflow/tfjs-core';

import type { KernelContext } from '../context.js';
import { attribute, required, type TrainingKernel } from '../kernels/kernel.js';
import { requireKernels } from '../registrations.js';
import { addBlockGradients, offDiagonalInBlocks } from './blocks.js';
import { differentiable } from './differentiable.js';
import { add, checkMatrix, floatBytes, keepsEnough, triesGram, upperProduct, type ProductForm } from './matrix.js';
import { checkEpsilon } from './standardise.js';

const forwardName = 'TrainingRedundancy';
const gradientName = 'TrainingRedundancyGrad';

export interface RedundancyTerms {
  /** `[D]`: `C_jj`. */
  readonly diagonal: Tensor1D;
  /** `sum_{j != k} C_jk^2`. */
  readonly offDiagonal: Scalar;
}

/**
 * What Barlow Twins reads off the cross-correlation matrix of two views, differentiable in both through both results.
 *
 *     C = X^T Y / N,   sum_{j != k} C_jk^2 = <X X^T, Y Y^T> / N^2 - sum_j C_jj^2,   X, Y the views standardised (biased variance, plus eps)
 *
 * The form is chosen as in `covariancePenalty`; here the two Gram matrices may cancel, too, and the matrix is taken where less than half is left.
 *
 * @param a `[N, D]`.
 * @param b `[N, D]`.
 * @throws Error where the kernels are not registered, and for arguments other than these.
 * @see Zbontar et al., arXiv:2103.03230
 */
export function redundancy(
  a: Tensor2D,
  b: Tensor2D,
  { eps, form }: { readonly eps: number; readonly form: ProductForm },
): RedundancyTerms {
  requireKernels('redundancy');
  checkMatrix('redundancy', 'a', a, 1);
  checkMatrix('redundancy', 'b', b, 1);
  util.assert(
    util.arraysEqual(a.shape, b.shape),
    () => `redundancy: b, got shape [${String(b.shape)}], wanted [${String(a.shape)}] as a`,
  );
  checkEpsilon('redundancy', eps);
  return tidy(() => {
    // Both in one tensor: a custom gradient has one result.
    const terms = differentiable([a, b], {
      forward: () => engine().runKernel<Tensor[]>(forwardName, { a, b }, { epsilon: eps, form }),
      backward: (dy, _, [own, x, y, ratesA, ratesB, left, right]) => {
        const inputs = { diagonal: own, x, y, ratesA, ratesB, left, right, dy };
        return engine().runKernel<Tensor[]>(gradientName, inputs);
      },
    });
    const [, columns] = a.shape;
    return {
      diagonal: slice(terms as Tensor1D, [0], [columns]),
      offDiagonal: reshape<Rank.R0>(slice(terms as Tensor1D, [columns], [1]), []),
    };
  });
}

/** The sum of the squares off the diagonal of `X^T Y`, and the matrices that the gradient needs. */
interface OffDiagonal {
  readonly sum: number;
  /** Gram matrices of x and of y; or `X^T Y` without its diagonal; or none, where blocks have to be computed again. */
  readonly matrices: readonly [left: TensorInfo, right: TensorInfo];
}

interface Views {
  readonly context: KernelContext;
  readonly x: number;
  readonly y: number;
  readonly rows: number;
  readonly columns: number;
}

/** Undefined where the subtraction would lose too much, unless it is `forced`. */
function byGram({ context, x, y, rows, columns }: Views, diagonal: number, forced: boolean): OffDiagonal | undefined {
  const { kernels } = context;
  const matrices = [context.output([rows, rows]), context.output([rows, rows])] as const;
  const [left, right] = matrices.map((matrix) => context.address(matrix));
  upperProduct(context, x, left, rows, columns, false);
  upperProduct(context, y, right, rows, columns, false);
  const inner = (a: number, b: number): number => 2 * kernels.dotAbove(a, b, rows) + kernels.dotDiagonal(a, b, rows);
  const all = inner(left, right);
  const size = Math.sqrt(inner(left, left) * inner(right, right));
  if (!forced && !(keepsEnough(all, diagonal) && 2 * all >= size)) {
    for (const { dataId } of matrices) context.backend.disposeData(dataId);
    return undefined;
  }
  kernels.mirrorUpper(left, rows);
  kernels.mirrorUpper(right, rows);
  return { sum: all - diagonal, matrices };
}

function byMatrix({ context, x, y, rows, columns }: Views): OffDiagonal {
  const { kernels } = context;
  const matrix = context.output([columns, columns]);
  const to = context.address(matrix);
  context.withScratch(kernels.gemmScratch(columns, rows), (scratch) => {
    kernels.gemm(x, y, to, columns, columns, rows, 1, 0, 0, 0, scratch);
  });
  kernels.clearDiagonal(to, columns);
  return { sum: kernels.dot64(to, to, columns * columns), matrices: [matrix, context.output([0])] };
}

function offDiagonalOf(views: Views, diagonal: number, form: ProductForm): OffDiagonal {
  const { context, rows, columns } = views;
  const gram = triesGram(form, rows, columns) ? byGram(views, diagonal, form === 'gram') : undefined;
  if (gram) return gram;
  if (!triesGram('auto', rows, columns)) return byMatrix(views);
  return { sum: offDiagonalInBlocks(views), matrices: [context.output([0]), context.output([0])] };
}

/** a, b to the diagonal and the off-diagonal sum behind it, `[D + 1]`; the diagonal, both views standardised, their rates, and the matrices of `OffDiagonal`. */
export const redundancyKernel: TrainingKernel = {
  name: forwardName,
  run(call) {
    const { context } = call;
    const { kernels } = context;
    const [a, b] = [required(call, 'a'), required(call, 'b')];
    const [rows, columns] = a.shape;
    const [terms, diagonal] = [context.output([columns + 1]), context.output([columns])];
    const views = [context.output(a.shape), context.output(a.shape)];
    const rates = [context.output([columns]), context.output([columns])];
    const [x, y] = views.map((view) => context.address(view));
    const atDiagonal = context.address(diagonal);
    const epsilon = attribute(call, 'epsilon') as number;
    context.withScratch(kernels.columnScratch(columns), (scratch) => {
      kernels.standardiseColumns(context.address(a), x, context.address(rates[0]), rows, columns, epsilon, scratch);
      kernels.standardiseColumns(context.address(b), y, context.address(rates[1]), rows, columns, epsilon, scratch);
      kernels.columnProducts(x, y, atDiagonal, rows, columns, scratch);
    });
    const squares = kernels.dot64(atDiagonal, atDiagonal, columns);
    const form = attribute(call, 'form') as ProductForm;
    const offDiagonal = offDiagonalOf({ context, x, y, rows, columns }, squares, form);
    kernels.scale(atDiagonal, atDiagonal, columns, 1 / rows);
    const results = context.floats(context.address(terms), columns + 1);
    results.set(context.floats(atDiagonal, columns));
    results[columns] = offDiagonal.sum / rows ** 2;
    return [terms, diagonal, ...views, ...rates, ...offDiagonal.matrices];
  },
};

/**
 * diagonal, x, y, ratesA, ratesB, left, right, dy (`[D + 1]`: by the diagonal, by the sum) to da, db. By the standardised views:
 *
 *     dX = Y diag(dy_j / N) + 2 dy_D / N^2 Y M^T,   M = X^T Y without its diagonal, Y M^T = (Y Y^T) X - Y diag(X^T Y)
 */
export const redundancyGradientKernel: TrainingKernel = {
  name: gradientName,
  run(call) {
    const { context } = call;
    const { kernels } = context;
    const at = (name: string): number => context.address(required(call, name));
    const [x, y, left, right] = [at('x'), at('y'), at('left'), at('right')];
    const [rows, columns] = required(call, 'x').shape;
    const side = required(call, 'left').shape[0];
    const isGram = required(call, 'right').shape[0] > 0;
    const outputs = [context.output([rows, columns]), context.output([rows, columns])];
    const [da, db] = outputs.map((output) => context.address(output));
    const factor = (2 * context.floats(at('dy'), columns + 1)[columns]) / rows ** 2;
    const matrixBytes = floatBytes * side * side;
    const workBytes = Math.max(kernels.gemmScratch(columns, side), kernels.columnScratch(columns));
    context.withScratch(matrixBytes + floatBytes * columns + workBytes, (scaled) => {
      const factors = scaled + matrixBytes;
      const scratch = factors + floatBytes * columns;
      const diagonal = context.floats(at('diagonal'), columns);
      const slope = context.floats(at('dy'), columns);
      const own = isGram ? factor * rows : 0;
      context.floats(factors, columns).set(slope.map((value, j) => value / rows - own * diagonal[j]));
      kernels.scaleColumns(y, factors, da, rows, columns);
      kernels.scaleColumns(x, factors, db, rows, columns);
      if (isGram) {
        kernels.scale(right, scaled, side * side, factor);
        kernels.gemm(scaled, x, da, rows, columns, rows, 0, 0, add, 0, scratch);
        kernels.scale(left, scaled, side * side, factor);
        kernels.gemm(scaled, y, db, rows, columns, rows, 0, 0, add, 0, scratch);
      } else if (side > 0) {
        kernels.scale(left, scaled, side * side, factor);
        kernels.gemm(y, scaled, da, rows, columns, columns, 0, 1, add, 0, scratch);
        kernels.gemm(x, scaled, db, rows, columns, columns, 0, 0, add, 0, scratch);
      } else {
        addBlockGradients({ context, x, y, rows, columns }, factor, da, db);
      }
      kernels.standardiseGradient(x, da, at('ratesA'), da, rows, columns, scratch);
      kernels.standardiseGradient(y, db, at('ratesB'), db, rows, columns, scratch);
    });
    return outputs;
  },
};
