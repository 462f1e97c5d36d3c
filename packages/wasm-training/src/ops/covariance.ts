import { engine, type Scalar, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';

import { attribute, required, type KernelCall, type TrainingKernel } from '../kernels/kernel.js';
import { addBlockGradients, offDiagonalInBlocks } from './blocks.js';
import { differentiable } from './differentiable.js';
import { add, floatBytes, keepsEnough, triesGram, upperProduct, type ProductForm } from './matrix.js';
import { centre, checkMoments, type Moments } from './moments.js';

const matrixName = 'TrainingCovariance';
const matrixGradientName = 'TrainingCovarianceGrad';
const penaltyName = 'TrainingCovariancePenalty';
const penaltyGradientName = 'TrainingCovariancePenaltyGrad';

/**
 * Covariance matrix of a batch, differentiable: `X^T X / (N - ddof)`, X being z without its column means (or z itself). Half of the products
 * are computed, the rest is mirrored.
 *
 * @param z `[N, D]`, `N > ddof`.
 * @returns `[D, D]`.
 * @throws Error where the kernels are not registered, and for shapes other than these.
 */
export function covariance(z: Tensor2D, moments: Moments): Tensor2D {
  checkMoments('covariance', z, moments);
  return differentiable([z], {
    forward: () => engine().runKernel<Tensor[]>(matrixName, { z }, { ...moments }),
    backward: (dy, [batch], [centred]) => [
      engine().runKernel(matrixGradientName, { x: moments.centred ? centred : batch, dy }, { ...moments }),
    ],
  }) as Tensor2D;
}

/**
 * The squared covariances of different columns, summed; differentiable.
 *
 *     sum_{j != k} C_jk^2  =  |X X^T|_F^2 / (N - ddof)^2 - sum_j C_jj^2,   C = covariance(z)
 *
 * For `D >= 1.5 N` by the `[N, N]` Gram matrix, unless its subtraction would leave less than a fifth (the float64 totals tell): then by blocks of the
 * covariance matrix, as many as it takes, one at a time. Else by the covariance matrix, which is then no larger than 1.5 times the batch. In no
 * case is there memory that a small multiple of the batch does not hold.
 *
 * @param z `[N, D]`, `N > ddof`.
 * @param options `form`: `gram` whatever it loses, `direct` whatever it costs.
 * @throws Error where the kernels are not registered, and for shapes other than these.
 * @see Bardes et al., arXiv:2105.04906; the Gram form: Garrido et al., arXiv:2206.02574
 */
export function covariancePenalty(z: Tensor2D, options: Moments & { readonly form: ProductForm }): Scalar {
  checkMoments('covariancePenalty', z, options);
  return differentiable([z], {
    forward: () => engine().runKernel<Tensor[]>(penaltyName, { z }, { ...options }),
    backward: (dy, [batch], [centred, squares, matrix]) => {
      const inputs = { x: options.centred ? centred : batch, squares, matrix, dy };
      return [engine().runKernel(penaltyGradientName, inputs, { ...options })];
    },
  }) as Scalar;
}

/** 1 / (N - ddof). */
const share = (call: KernelCall, rows: number): number => 1 / (rows - (attribute(call, 'ddof') as number));

/** z to the matrix and the centred batch. */
export const covarianceKernel: TrainingKernel = {
  name: matrixName,
  run(call) {
    const { context } = call;
    const { kernels } = context;
    const columnCount = required(call, 'z').shape[1];
    const c = context.output([columnCount, columnCount]);
    const to = context.address(c);
    // The squares of the columns, which are not needed here, go where the matrix is about to be.
    const { x, at, rows, columns } = centre(call, to);
    upperProduct(context, at, to, columns, rows, true);
    kernels.mirrorUpper(to, columns);
    kernels.scale(to, to, columns * columns, share(call, rows));
    return [c, x];
  },
};

/** x, dy to dz = X (dy + dy^T) / (N - ddof). X is centred, and with it every such combination of its columns. */
export const covarianceGradientKernel: TrainingKernel = {
  name: matrixGradientName,
  run(call) {
    const { context } = call;
    const { kernels } = context;
    const x = required(call, 'x');
    const [rows, columns] = x.shape;
    const dz = context.output(x.shape);
    const [from, slope, to] = [x, required(call, 'dy'), dz].map((tensor) => context.address(tensor));
    context.withScratch(kernels.gemmScratch(columns, columns), (scratch) => {
      kernels.gemm(from, slope, to, rows, columns, columns, 0, 0, 0, 0, scratch);
      kernels.gemm(from, slope, to, rows, columns, columns, 0, 1, add, 0, scratch);
    });
    kernels.scale(to, to, rows * columns, share(call, rows));
    return dz;
  },
};

/**
 * z to the penalty, the centred batch, the squares of its columns and the matrix: of the Gram form, `[N, N]`, squares `[D]`; of the direct form,
 * `[D, D]` without its diagonal, no squares; in blocks, neither.
 */
export const covariancePenaltyKernel: TrainingKernel = {
  name: penaltyName,
  run(call) {
    const { context } = call;
    const { kernels } = context;
    const columnCount = required(call, 'z').shape[1];
    const form = attribute(call, 'form') as ProductForm;
    const penalty = context.output([]);
    const squares = context.output([columnCount]);
    const atSquares = context.address(squares);
    const { x, at, rows, columns } = centre(call, atSquares);
    const weight = share(call, rows) ** 2;
    const finish = (sum: number): void => {
      context.floats(context.address(penalty), 1)[0] = sum * weight;
    };

    const isWide = triesGram('auto', rows, columns);
    if (triesGram(form, rows, columns)) {
      const gram = context.output([rows, rows]);
      const to = context.address(gram);
      upperProduct(context, at, to, rows, columns, false);
      const all = 2 * kernels.dotAbove(to, to, rows) + kernels.dotDiagonal(to, to, rows);
      const diagonal = kernels.dot64(atSquares, atSquares, columns);
      if (form === 'gram' || keepsEnough(all, diagonal)) {
        kernels.mirrorUpper(to, rows);
        finish(all - diagonal);
        return [penalty, x, squares, gram];
      }
      context.backend.disposeData(gram.dataId);
    }
    context.backend.disposeData(squares.dataId);
    if (isWide) {
      finish(offDiagonalInBlocks({ context, x: at, y: at, rows, columns }));
      return [penalty, x, context.output([0]), context.output([0])];
    }
    const matrix = context.output([columns, columns]);
    const to = context.address(matrix);
    upperProduct(context, at, to, columns, rows, true);
    // A single column has nothing beside its diagonal; what is not finite is to be seen all the same.
    finish(2 * kernels.dotAbove(to, to, columns) + 0 * kernels.dotDiagonal(to, to, columns));
    kernels.clearDiagonal(to, columns);
    kernels.mirrorUpper(to, columns);
    return [penalty, x, context.output([0]), matrix];
  },
};

/** x, squares, matrix, dy to dz = factor X (C without its diagonal), by whichever form the forward pass took. */
export const covariancePenaltyGradientKernel: TrainingKernel = {
  name: penaltyGradientName,
  run(call) {
    const { context } = call;
    const { kernels } = context;
    const [x, squares, matrix] = [required(call, 'x'), required(call, 'squares'), required(call, 'matrix')];
    const [rows, columns] = x.shape;
    const dz = context.output(x.shape);
    const [from, to, atMatrix] = [x, dz, matrix].map((tensor) => context.address(tensor));
    const factor = 4 * context.scalar(required(call, 'dy')) * share(call, rows) ** 2;
    const side = matrix.shape[0];
    if (side === 0) {
      context.floats(to, rows * columns).fill(0);
      addBlockGradients({ context, x: from, y: from, rows, columns }, factor, to, to);
      return dz;
    }
    const matrixBytes = floatBytes * side * side;
    context.withScratch(matrixBytes + floatBytes * columns + kernels.gemmScratch(columns, side), (scaled) => {
      const factors = scaled + matrixBytes;
      const scratch = factors + floatBytes * columns;
      kernels.scale(atMatrix, scaled, side * side, factor);
      if (squares.shape[0] === 0) {
        kernels.gemm(from, scaled, to, rows, columns, columns, 0, 0, 0, 0, scratch);
      } else {
        // G X - X diag(squares): the second part first, and the product added to it.
        kernels.scale(context.address(squares), factors, columns, -factor);
        kernels.scaleColumns(from, factors, to, rows, columns);
        kernels.gemm(scaled, from, to, rows, columns, rows, 0, 0, add, 0, scratch);
      }
    });
    return dz;
  },
};
