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
} from '@tensorflow/tfjs-core';

import { attribute, required, type KernelCall, type TrainingKernel } from '../kernels/kernel.js';
import { requireKernels } from '../registrations.js';
import { differentiable } from './differentiable.js';
import { checkTemperature } from './distributions.js';
import { checkMatrix, floatBytes, upperProduct } from './matrix.js';

const forwardName = 'TrainingContrast';
const gradientName = 'TrainingContrastGrad';

export interface ContrastTerms {
  /** Mean over the anchors of `-log(exp(s_ip) / sum_{j != i} exp(s_ij))`. */
  readonly total: Scalar;
  /** Mean over the anchors of `-s_ip`. */
  readonly attraction: Scalar;
}

/**
 * NT-Xent, SimCLR's contrastive loss, of rows of unit length; differentiable through both results. Half of the cosines are computed.
 *
 *     s_ij = z_i . z_j / temperature,   p the other view of i: row i + N of row i
 *
 * @param z `[2N, D]`, `N >= 2`: all first views, then all second ones.
 * @throws Error where the kernels are not registered, and for arguments other than these.
 * @see Chen et al., arXiv:2002.05709
 */
export function contrast(z: Tensor2D, temperature: number): ContrastTerms {
  requireKernels('contrast');
  checkMatrix('contrast', 'z', z, 4);
  util.assert(z.shape[0] % 2 === 0, () => `contrast: z, got ${String(z.shape[0])} rows, wanted two of every image`);
  checkTemperature('contrast', temperature);
  const attrs = { scale: 1 / temperature };
  return tidy(() => {
    const terms = differentiable([z], {
      forward: () => engine().runKernel<Tensor[]>(forwardName, { z }, attrs),
      backward: (dy, [rows], [cosines, kept]) => [
        engine().runKernel(gradientName, { z: rows, cosines, kept, dy }, attrs),
      ],
    }) as Tensor1D;
    const term = (i: number): Scalar => reshape<Rank.R0>(slice(terms, [i], [1]), []);
    return { total: term(0), attraction: term(1) };
  });
}

const scaleOf = (call: KernelCall): number => attribute(call, 'scale') as number;

/** z to both terms, the cosines without those of an anchor with itself and with its positive, and two numbers for each anchor. */
export const contrastKernel: TrainingKernel = {
  name: forwardName,
  run(call) {
    const { context } = call;
    const { kernels } = context;
    const z = required(call, 'z');
    const [rows, columns] = z.shape;
    const outputs = [context.output([2]), context.output([rows, rows]), context.output([rows, 2])];
    const [from, terms, cosines, kept] = [z, ...outputs].map((tensor) => context.address(tensor));
    upperProduct(context, from, cosines, rows, columns, false);
    kernels.mirrorUpper(cosines, rows);
    kernels.contrastForward(cosines, kept, rows, scaleOf(call), terms);
    return outputs;
  },
};

/** z, cosines, kept, dy to dz. */
export const contrastGradientKernel: TrainingKernel = {
  name: gradientName,
  run(call) {
    const { context } = call;
    const { kernels } = context;
    const z = required(call, 'z');
    const [rows, columns] = z.shape;
    const dz = context.output(z.shape);
    const [from, cosines, kept, to] = [z, required(call, 'cosines'), required(call, 'kept'), dz].map((tensor) =>
      context.address(tensor),
    );
    const [slope, pull] = context
      .floats(context.address(required(call, 'dy')), 2)
      .map((g) => (g * scaleOf(call)) / rows);
    const weightBytes = floatBytes * rows * rows;
    context.withScratch(weightBytes + kernels.gemmScratch(columns, rows), (weights) => {
      kernels.contrastWeights(cosines, kept, weights, rows, scaleOf(call), slope, pull);
      kernels.gemm(weights, from, to, rows, columns, rows, 0, 0, 0, 0, weights + weightBytes);
    });
    return dz;
  },
};
