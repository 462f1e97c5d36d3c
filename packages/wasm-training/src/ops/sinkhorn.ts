import { engine, util, zerosLike, type GradConfig, type Tensor2D } from '@tensorflow/tfjs-core';

import { attribute, required, type TrainingKernel } from '../kernels/kernel.js';
import { requireKernels } from '../registrations.js';
import { checkMatrix } from './matrix.js';

const name = 'TrainingSinkhorn';

export interface Sinkhorn {
  /** Entropy of the assignment, above 0: small gives nearly one prototype a sample, large a uniform one. */
  readonly epsilon: number;
  /** How often prototypes and samples are balanced in turn, from 0. */
  readonly iterations: number;
  /** `plain`: on `exp(scores / epsilon)`; `log`: on logarithms, for any range of scores; `auto`: `plain` where the range allows it. */
  readonly domain: 'auto' | 'plain' | 'log';
}

/**
 * The largest `(max - min) / epsilon` for `plain` to be taken: scaling vectors may reach the square of its exponential, and `exp(81)` is about half
 * of float32's range. Cosines with epsilon 0.05 have 40.
 */
const plainRange = 40.5;

/**
 * Sinkhorn-Knopp: soft assignment of samples to prototypes of which all are used equally. One pass over the matrix an iteration.
 *
 *     Q = exp(scores / epsilon) / sum;   iterations x { columns to sums 1 / K, rows to sums 1 / N };   Q N
 *
 * A constant for gradients: zeros flow back.
 *
 * @param scores `[N, K]`, a sample a row.
 * @throws Error where the kernels are not registered, and for arguments other than these.
 * @see Caron et al., arXiv:2006.09882
 */
export function sinkhorn(scores: Tensor2D, options: Sinkhorn): Tensor2D {
  const { epsilon, iterations } = options;
  requireKernels('sinkhorn');
  checkMatrix('sinkhorn', 'scores', scores, 1);
  util.assert(
    epsilon > 0 && epsilon < Infinity,
    () => `sinkhorn: epsilon, got ${String(epsilon)}, wanted a finite number above 0`,
  );
  util.assert(
    Number.isInteger(iterations) && iterations >= 0,
    () => `sinkhorn: iterations, got ${String(iterations)}, wanted an integer from 0`,
  );
  return engine().runKernel<Tensor2D>(name, { scores }, { ...options });
}

/** scores to the assignment. */
export const sinkhornKernel: TrainingKernel = {
  name,
  run(call) {
    const { context } = call;
    const { kernels } = context;
    const scores = required(call, 'scores');
    const [rows, columns] = scores.shape;
    const q = context.output(scores.shape);
    const [from, to] = [context.address(scores), context.address(q)];
    const inverse = 1 / (attribute(call, 'epsilon') as number);
    const high = Math.fround(inverse);
    const low = inverse - high;
    const iterations = attribute(call, 'iterations') as number;
    const domain = attribute(call, 'domain') as Sinkhorn['domain'];
    context.withScratch(kernels.sinkhornScratch(rows, columns), (scratch) => {
      const plain = (limit: number): boolean =>
        kernels.sinkhornPlain(from, to, rows, columns, high, low, iterations, limit, scratch) === 1;
      // Without an iteration nothing is divided by what may vanish.
      const isPlain = domain === 'plain' || iterations === 0;
      if (isPlain || domain === 'auto') {
        if (plain(plainRange / inverse) || (isPlain && plain(Infinity))) return;
      }
      kernels.sinkhornLog(from, to, rows, columns, high, low, iterations, scratch);
    });
    return q;
  },
};

export const sinkhornGradConfig: GradConfig = {
  kernelName: name,
  inputsToSave: ['scores'],
  gradFunc: (_, [scores]) => ({ scores: () => zerosLike(scores) }),
};
