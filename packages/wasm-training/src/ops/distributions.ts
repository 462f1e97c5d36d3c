import {
  engine,
  util,
  zerosLike,
  type Scalar,
  type Tensor,
  type Tensor2D,
  type TensorInfo,
} from '@tensorflow/tfjs-core';

import { attribute, required, type KernelCall, type TrainingKernel } from '../kernels/kernel.js';
import { requireKernels } from '../registrations.js';
import { differentiable } from './differentiable.js';

const softName = 'TrainingSoftargmax';
/** Takes y, dy and `scale`; 1 for a softmax. */
export const softargmaxGradientName = 'TrainingSoftargmaxGrad';
const logName = 'TrainingLogSoftargmax';
const logGradientName = 'TrainingLogSoftargmaxGrad';
const entropyName = 'TrainingCrossEntropy';
const entropyGradientName = 'TrainingCrossEntropyGrad';

/** `exp(z / T)` over its sum along the last axis, differentiable. -Infinity has probability 0, +Infinity gives NaN. */
export function softargmax<T extends Tensor>(z: T, temperature: number): T {
  return alongRows('softargmax', softName, softargmaxGradientName, z, temperature);
}

/** The logarithm of `softargmax`, finite where that underflows; differentiable. */
export function logSoftargmax<T extends Tensor>(z: T, temperature: number): T {
  return alongRows('logSoftargmax', logName, logGradientName, z, temperature);
}

function alongRows<T extends Tensor>(where: string, kernel: string, gradient: string, z: T, temperature: number): T {
  requireKernels(where);
  checkRows(where, 'z', z);
  checkTemperature(where, temperature);
  const attrs = { scale: 1 / temperature };
  return differentiable([z], {
    forward: () => {
      const y = engine().runKernel<Tensor>(kernel, { z }, attrs);
      return [y, y];
    },
    backward: (dy, _, [y]) => [engine().runKernel(gradient, { y, dy }, attrs)],
  }) as T;
}

/**
 * Cross-entropy of scores against soft labels, differentiable by the scores; the labels are constants.
 *
 *     - mean over the rows of sum_k q_k log softargmax(scores / T)_k
 *
 * @param targets `[N, K]`; a row may sum to anything: a sum of several labels costs one pass.
 * @param scores `[N, K]`.
 * @throws Error where the kernels are not registered, and for arguments other than these.
 */
export function crossEntropy(targets: Tensor2D, scores: Tensor2D, temperature: number): Scalar {
  requireKernels('crossEntropy');
  checkRows('crossEntropy', 'scores', scores);
  checkTemperature('crossEntropy', temperature);
  util.assert(
    util.arraysEqual(targets.shape, scores.shape) && targets.dtype === 'float32',
    () =>
      `crossEntropy: targets, got ${targets.dtype} of shape [${String(targets.shape)}], wanted float32 [${String(scores.shape)}] as scores`,
  );
  const attrs = { scale: 1 / temperature };
  return differentiable([targets, scores], {
    forward: () => engine().runKernel<Tensor[]>(entropyName, { targets, scores }, attrs),
    backward: (dy, [q, z], [kept]) => [
      zerosLike(q),
      engine().runKernel(entropyGradientName, { targets: q, scores: z, kept, dy }, attrs),
    ],
  }) as Scalar;
}

/** @throws Error for a scalar, an empty tensor or another type. */
export function checkRows(where: string, name: string, z: Tensor): void {
  util.assert(
    z.rank >= 1 && z.size > 0 && z.dtype === 'float32',
    () => `${where}: ${name}, got ${z.dtype} of shape [${String(z.shape)}], wanted float32 [..., K] with no empty axis`,
  );
}

export function checkTemperature(where: string, temperature: number): void {
  util.assert(
    temperature > 0 && temperature < Infinity,
    () => `${where}: temperature, got ${String(temperature)}, wanted a finite number above 0`,
  );
}

export function rowsAndColumns({ shape }: TensorInfo): readonly [rows: number, columns: number] {
  const columns = shape[shape.length - 1];
  return [util.sizeFromShape(shape) / columns, columns];
}

const scaleOf = (call: KernelCall): number => attribute(call, 'scale') as number;

const forwardRows = (name: string, kernel: 'softmaxRows' | 'logSoftmaxRows'): TrainingKernel => ({
  name,
  run(call) {
    const { context } = call;
    const z = required(call, 'z');
    const y = context.output(z.shape);
    context.kernels[kernel](context.address(z), context.address(y), ...rowsAndColumns(z), scaleOf(call));
    return y;
  },
});

const gradientRows = (name: string, kernel: 'softmaxGradientRows' | 'logSoftmaxGradientRows'): TrainingKernel => ({
  name,
  run(call) {
    const { context } = call;
    const y = required(call, 'y');
    const dz = context.output(y.shape);
    const [from, slope, to] = [y, required(call, 'dy'), dz].map((tensor) => context.address(tensor));
    context.kernels[kernel](from, slope, to, ...rowsAndColumns(y), scaleOf(call));
    return dz;
  },
});

/** targets, scores to the loss and what the gradient needs of each row. */
const crossEntropyKernel: TrainingKernel = {
  name: entropyName,
  run(call) {
    const { context } = call;
    const scores = required(call, 'scores');
    const [rows, columns] = rowsAndColumns(scores);
    const [loss, kept] = [context.output([]), context.output([rows, 3])];
    const [q, z, to] = [required(call, 'targets'), scores, kept].map((tensor) => context.address(tensor));
    const sum = context.kernels.crossEntropyRows(q, z, to, rows, columns, scaleOf(call));
    context.floats(context.address(loss), 1)[0] = sum / rows;
    return [loss, kept];
  },
};

/** targets, scores, kept, dy to dscores. */
const crossEntropyGradientKernel: TrainingKernel = {
  name: entropyGradientName,
  run(call) {
    const { context } = call;
    const scores = required(call, 'scores');
    const [rows, columns] = rowsAndColumns(scores);
    const dscores = context.output(scores.shape);
    const [q, z, kept, to] = [required(call, 'targets'), scores, required(call, 'kept'), dscores].map((tensor) =>
      context.address(tensor),
    );
    const factor = (context.scalar(required(call, 'dy')) * scaleOf(call)) / rows;
    context.kernels.crossEntropyGradientRows(q, z, kept, to, rows, columns, scaleOf(call), factor);
    return dscores;
  },
};

export const distributionKernels: readonly TrainingKernel[] = [
  forwardRows(softName, 'softmaxRows'),
  gradientRows(softargmaxGradientName, 'softmaxGradientRows'),
  forwardRows(logName, 'logSoftmaxRows'),
  gradientRows(logGradientName, 'logSoftmaxGradientRows'),
  crossEntropyKernel,
  crossEntropyGradientKernel,
];
