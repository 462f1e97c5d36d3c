import { engine, util, type NamedTensorMap, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';

import { attribute, required, type KernelCall, type TrainingKernel } from '../kernels/kernel.js';
import { requireKernels } from '../registrations.js';

const adamwName = 'TrainingAdamW';
const momentumName = 'TrainingMomentum';
const larsName = 'TrainingLars';
const blendName = 'TrainingBlend';

export interface AdamWStep {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly weightDecay: number;
  /** 1 for the first step. */
  readonly step: number;
}

/**
 * One step of AdamW for one weight: new tensors, the old ones stay.
 *
 *     m = m + (1 - beta1) (g - m),   v = v + (1 - beta2) (g^2 - v)
 *     w = w - rate decay w - rate m / (1 - beta1^t) / (sqrt(v) / sqrt(1 - beta2^t) + eps)
 *
 * @throws Error where the kernels are not registered, or the shapes differ.
 * @see Loshchilov and Hutter, arXiv:1711.05101
 */
export function adamwUpdate(
  weight: Tensor,
  gradient: Tensor,
  first: Tensor,
  second: Tensor,
  options: AdamWStep,
): { weight: Tensor; first: Tensor; second: Tensor } {
  check('adamwUpdate', weight, { gradient, first, second });
  const [nextWeight, nextFirst, nextSecond] = engine().runKernel<Tensor[]>(
    adamwName,
    { weight, gradient, first, second },
    { ...options },
  );
  return { weight: nextWeight, first: nextFirst, second: nextSecond };
}

export interface SgdStep {
  readonly learningRate: number;
  readonly momentum: number;
  readonly dampening: number;
  readonly nesterov: boolean;
  readonly weightDecay: number;
}

/**
 * One step of SGD with momentum and coupled weight decay for one weight: new tensors, the old ones stay.
 *
 *     d = g + decay w,   b = momentum b + (1 - dampening) d  (d itself where there is no b yet)
 *     w = w - rate b,   with nesterov w - rate (d + momentum b)
 *
 * @param buffer the momentum of the step before, or null at the first.
 */
export function sgdUpdate(
  weight: Tensor,
  gradient: Tensor,
  buffer: Tensor | null,
  options: SgdStep,
): { weight: Tensor; momentum: Tensor } {
  check('sgdUpdate', weight, buffer ? { gradient, buffer } : { gradient });
  const inputs: NamedTensorMap = buffer ? { weight, gradient, buffer } : { weight, gradient };
  const [nextWeight, momentum] = engine().runKernel<Tensor[]>(momentumName, inputs, { ...options });
  return { weight: nextWeight, momentum };
}

export interface LarsStep {
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
  /** The trust coefficient. */
  readonly eta: number;
}

/**
 * One step of LARS for one weight: new tensors, the old ones stay.
 *
 *     d = g + decay w,   b = momentum b + q d,   w = w - rate b,   q = eta |w| / |d|  (1 where a norm is 0, NaN where |d| is not finite)
 *
 * @see You et al., arXiv:1708.03888; facebookresearch/vicreg@4e12602 main_vicreg.py
 */
export function larsUpdate(
  weight: Tensor,
  gradient: Tensor,
  buffer: Tensor,
  options: LarsStep,
): { weight: Tensor; momentum: Tensor } {
  check('larsUpdate', weight, { gradient, buffer });
  const [nextWeight, momentum] = engine().runKernel<Tensor[]>(larsName, { weight, gradient, buffer }, { ...options });
  return { weight: nextWeight, momentum };
}

/**
 * The exponential moving average of a teacher: `teacher + (1 - momentum) (online - teacher)`, a new tensor.
 *
 * @param momentum the share that the teacher keeps, 0 to 1.
 */
export function emaUpdate<T extends Tensor>(teacher: T, online: T, momentum: number): T {
  check('emaUpdate', teacher, { online });
  return engine().runKernel<T>(blendName, { old: teacher, young: online }, { share: 1 - momentum });
}

function check(where: string, weight: Tensor, others: Record<string, Tensor>): void {
  requireKernels(where);
  for (const [name, tensor] of Object.entries(others)) {
    util.assert(
      util.arraysEqual(tensor.shape, weight.shape),
      () => `${where}: ${name}, got shape [${String(tensor.shape)}], wanted [${String(weight.shape)}] as the weight`,
    );
  }
}

const number = (call: KernelCall, name: string): number => attribute(call, name) as number;

/** weight, gradient, first, second to the next weight, first and second. */
export const adamwKernel: TrainingKernel = {
  name: adamwName,
  run(call) {
    const { context } = call;
    const weight = required(call, 'weight');
    const outputs = [context.output(weight.shape), context.output(weight.shape), context.output(weight.shape)];
    const addresses = [
      weight,
      required(call, 'gradient'),
      required(call, 'first'),
      required(call, 'second'),
      ...outputs,
    ].map((tensor) => context.address(tensor));
    const [w, g, m, v, nextW, nextM, nextV] = addresses;
    const [rate, step] = [number(call, 'learningRate'), number(call, 'step')];
    const [beta1, beta2] = [number(call, 'beta1'), number(call, 'beta2')];
    context.kernels.adamw(
      w,
      g,
      m,
      v,
      nextW,
      nextM,
      nextV,
      util.sizeFromShape(weight.shape),
      1 - beta1,
      1 - beta2,
      rate * number(call, 'weightDecay'),
      rate / (1 - beta1 ** step),
      1 / Math.sqrt(1 - beta2 ** step),
      number(call, 'eps'),
    );
    return outputs;
  },
};

/** weight, gradient, buffer? to the next weight and buffer. */
export const momentumKernel: TrainingKernel = {
  name: momentumName,
  run: (call) => momentumStep(call, 1, 1 - number(call, 'dampening'), attribute(call, 'nesterov') === true),
};

/** weight, gradient, buffer to the next weight and buffer. */
export const larsKernel: TrainingKernel = {
  name: larsName,
  run(call) {
    const { context } = call;
    const [weight, gradient] = [required(call, 'weight'), required(call, 'gradient')];
    const count = util.sizeFromShape(weight.shape);
    const [w, g] = [context.address(weight), context.address(gradient)];
    const norm = (decay: number, from: number): number => Math.sqrt(context.kernels.squaredNorm(w, from, count, decay));
    const slope = norm(number(call, 'weightDecay'), g);
    // |w|: the sum of (w + 0 w)^2.
    const size = norm(0, w);
    let scale = size > 0 && slope > 0 ? (number(call, 'eta') * size) / slope : 1;
    if (!Number.isFinite(slope)) scale = NaN;
    return momentumStep(call, scale, 1, false);
  },
};

function momentumStep(call: KernelCall, scale: number, share: number, nesterov: boolean): TensorInfo[] {
  const { context } = call;
  const weight = required(call, 'weight');
  const { buffer } = call.inputs;
  const outputs = [context.output(weight.shape), context.output(weight.shape)];
  context.kernels.momentum(
    context.address(weight),
    context.address(required(call, 'gradient')),
    buffer ? context.address(buffer) : 0,
    context.address(outputs[0]),
    context.address(outputs[1]),
    util.sizeFromShape(weight.shape),
    number(call, 'weightDecay'),
    scale,
    number(call, 'momentum'),
    share,
    number(call, 'learningRate'),
    nesterov ? 1 : 0,
  );
  return outputs;
}

/** old, young to old + share (young - old). */
export const blendKernel: TrainingKernel = {
  name: blendName,
  run(call) {
    const { context } = call;
    const old = required(call, 'old');
    const next = context.output(old.shape);
    const count = util.sizeFromShape(old.shape);
    context.kernels.blend(
      context.address(old),
      context.address(required(call, 'young')),
      context.address(next),
      count,
      number(call, 'share'),
    );
    return next;
  },
};
