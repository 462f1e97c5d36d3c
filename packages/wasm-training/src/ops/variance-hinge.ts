import { engine, type Scalar, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';

import { attribute, required, type TrainingKernel } from '../kernels/kernel.js';
import { differentiable } from './differentiable.js';
import { floatBytes } from './matrix.js';
import { centre, checkMoments, type Moments } from './moments.js';

const forwardName = 'TrainingVarianceHinge';
const gradientName = 'TrainingVarianceHingeGrad';

export interface VarianceHinge extends Moments {
  /** The spread from which nothing is charged. */
  readonly gamma: number;
  /** Added to the variance under the root. */
  readonly eps: number;
  /** What the hinge is on: the root of the variance plus eps, or the variance. */
  readonly spread: 'std' | 'variance';
}

/**
 * What the columns lack in spread, averaged; differentiable: `mean_j max(0, gamma - s_j)`.
 *
 * A variance that overflows float32 gives NaN, not 0.
 *
 * @param z `[N, D]`, `N > ddof`.
 * @throws Error where the kernels are not registered, and for shapes other than these.
 * @see Bardes et al., arXiv:2105.04906
 */
export function varianceHinge(z: Tensor2D, options: VarianceHinge): Scalar {
  checkMoments('varianceHinge', z, options);
  return differentiable([z], {
    forward: () => engine().runKernel<Tensor[]>(forwardName, { z }, { ...options }),
    backward: (dy, [batch], [centred, slopes]) => [
      engine().runKernel(gradientName, { x: options.centred ? centred : batch, slopes, dy }),
    ],
  }) as Scalar;
}

/** z to the hinge, the centred batch, and the factor of each column that makes its gradient. */
export const varianceHingeKernel: TrainingKernel = {
  name: forwardName,
  run(call) {
    const { context } = call;
    const columnCount = required(call, 'z').shape[1];
    const [hinge, slopes] = [context.output([]), context.output([columnCount])];
    const atSlopes = context.address(slopes);
    const { x, rows, columns } = centre(call, atSlopes);
    const [ddof, gamma, eps] = ['ddof', 'gamma', 'eps'].map((name) => attribute(call, name) as number);
    const isRoot = attribute(call, 'spread') === 'std';
    // The kernel left the sums of squares here; each makes room for its slope.
    const factors = context.floats(atSlopes, columns);
    let sum = 0;
    factors.forEach((squares, j) => {
      const variance = squares / (rows - ddof);
      const spread = isRoot ? Math.sqrt(variance + eps) : variance;
      const missing = gamma - spread;
      sum += Math.max(missing, 0) + 0 * missing;
      factors[j] = missing > 0 ? -(isRoot ? 1 / spread : 2) / (columns * (rows - ddof)) : 0 * missing;
    });
    context.floats(context.address(hinge), 1)[0] = sum / columns;
    return [hinge, x, slopes];
  },
};

/** x, slopes, dy to dz. */
export const varianceHingeGradientKernel: TrainingKernel = {
  name: gradientName,
  run(call) {
    const { context } = call;
    const { kernels } = context;
    const x = required(call, 'x');
    const [rows, columns] = x.shape;
    const dz = context.output(x.shape);
    const slope = context.scalar(required(call, 'dy'));
    context.withScratch(floatBytes * columns, (factors) => {
      kernels.scale(context.address(required(call, 'slopes')), factors, columns, slope);
      kernels.scaleColumns(context.address(x), factors, context.address(dz), rows, columns);
    });
    return dz;
  },
};
