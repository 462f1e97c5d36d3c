import {
  customGrad,
  engine,
  util,
  type GradSaveFunc,
  type NamedTensorMap,
  type Tensor,
  type Tensor3D,
  type TensorInfo,
} from '@tensorflow/tfjs-core';

import type { KernelContext } from '../context.js';
import { attribute, required, type KernelCall, type TrainingKernel } from '../kernels/kernel.js';
import { requireKernels } from '../registrations.js';

const forwardName = 'TrainingAttention';
const gradientName = 'TrainingAttentionGrad';
const packedName = 'TrainingPackedAttention';
const packedGradientName = 'TrainingPackedAttentionGrad';

/**
 * Scaled dot-product attention of several heads, differentiable in q, k and v.
 *
 *     out_h = softmax(q_h k_h^T / sqrt(D / heads)) v_h
 *
 * Head h is the columns `h D / heads` to `(h + 1) D / heads` of each; the heads of the output stand side by side in the same way, so nothing is
 * transposed before or after.
 *
 * @param q `[N, Q, D]`.
 * @param k `[N, T, D]`.
 * @param v `[N, T, D]`.
 * @param heads divides D.
 * @returns `[N, Q, D]`.
 * @throws Error where the kernels are not registered, and for other shapes.
 * @see Vaswani et al., arXiv:1706.03762
 */
export function attention(q: Tensor3D, k: Tensor3D, v: Tensor3D, heads: number): Tensor3D {
  requireKernels('attention');
  const [batch, , width] = q.shape;
  const wanted = [batch, k.shape[1], width];
  util.assert(
    width % heads === 0,
    () => `attention: heads, got ${String(heads)}, wanted a divisor of ${String(width)}`,
  );
  for (const [name, tensor] of Object.entries({ k, v })) {
    util.assert(
      util.arraysEqual(tensor.shape, wanted),
      () => `attention: ${name}, got shape [${String(tensor.shape)}], wanted [${String(wanted)}]`,
    );
  }
  return differentiable(forwardName, gradientName, { q, k, v }, heads);
}

/**
 * `attention` of a projection that holds q, k and v side by side, without taking it apart.
 *
 * @param qkv `[N, T, 3 D]`: q, then k, then v.
 * @param heads divides D.
 * @returns `[N, T, D]`.
 */
export function packedAttention(qkv: Tensor3D, heads: number): Tensor3D {
  requireKernels('packedAttention');
  const width = qkv.shape[2] / 3;
  util.assert(
    width % heads === 0,
    () => `packedAttention: qkv, got width ${String(qkv.shape[2])}, wanted a multiple of 3 x ${String(heads)} heads`,
  );
  return differentiable(packedName, packedGradientName, { qkv }, heads);
}

/**
 * Runs a kernel whose second output are the attention weights, and its gradient. A custom gradient, because tfjs would fill a gradient of zeros
 * for the weights, which are as large as all the rest, if they were an output on the tape.
 */
function differentiable(kernel: string, gradient: string, operands: NamedTensorMap, heads: number): Tensor3D {
  const names = Object.keys(operands);
  const named = (tensors: Tensor[]): NamedTensorMap => Object.fromEntries(names.map((name, i) => [name, tensors[i]]));
  const run = customGrad((...parameters) => {
    const tensors = parameters.slice(0, -1) as Tensor[];
    const save = parameters[parameters.length - 1] as GradSaveFunc;
    const [value, weights] = engine().runKernel<Tensor[]>(kernel, named(tensors), { heads });
    save([...tensors, weights]);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor | Tensor[] =>
      engine().runKernel<Tensor | Tensor[]>(
        gradient,
        { ...named(saved), weights: saved[saved.length - 1], dy },
        { heads },
      );
    return { value, gradFunc };
  });
  return run(...Object.values(operands)) as Tensor3D;
}

/** Where q, k and v (or their gradients) lie: three addresses and the bytes from row to row. */
interface Operands {
  readonly q: number;
  readonly k: number;
  readonly v: number;
  readonly pitch: number;
}

interface Sizes {
  readonly batch: number;
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
  readonly size: number;
}

function separate(context: KernelContext, q: TensorInfo, k: TensorInfo, v: TensorInfo): Operands {
  return { q: context.address(q), k: context.address(k), v: context.address(v), pitch: q.shape[2] * 4 };
}

function together(context: KernelContext, qkv: TensorInfo): Operands {
  const start = context.address(qkv);
  const bytes = (qkv.shape[2] / 3) * 4;
  return { q: start, k: start + bytes, v: start + 2 * bytes, pitch: 3 * bytes };
}

function forward(
  context: KernelContext,
  operands: Operands,
  { batch, heads, queries, keys, size }: Sizes,
): TensorInfo[] {
  const out = context.output([batch, queries, heads * size]);
  const weights = context.output([batch, heads, queries, keys]);
  context.withScratch(context.kernels.attentionScratch(queries, keys, size), (scratch) => {
    const { q, k, v, pitch } = operands;
    const scale = 1 / Math.sqrt(size);
    context.kernels.attention(
      q,
      k,
      v,
      pitch,
      context.address(out),
      context.address(weights),
      batch,
      heads,
      queries,
      keys,
      size,
      scale,
      scratch,
    );
  });
  return [out, weights];
}

function backward(
  context: KernelContext,
  operands: Operands,
  gradients: Operands,
  call: KernelCall,
  { batch, heads, queries, keys, size }: Sizes,
): void {
  const weights = context.address(required(call, 'weights'));
  const dout = context.address(required(call, 'dy'));
  context.withScratch(context.kernels.attentionScratch(queries, keys, size), (scratch) => {
    const { q, k, v, pitch } = operands;
    const scale = 1 / Math.sqrt(size);
    context.kernels.attentionGradient(
      q,
      k,
      v,
      pitch,
      weights,
      dout,
      gradients.q,
      gradients.k,
      gradients.v,
      batch,
      heads,
      queries,
      keys,
      size,
      scale,
      scratch,
    );
  });
}

function separateSizes(call: KernelCall): Sizes {
  const [batch, queries, width] = required(call, 'q').shape;
  const heads = attribute(call, 'heads') as number;
  return { batch, heads, queries, keys: required(call, 'k').shape[1], size: width / heads };
}

function packedSizes(call: KernelCall): Sizes {
  const [batch, tokens, width] = required(call, 'qkv').shape;
  const heads = attribute(call, 'heads') as number;
  return { batch, heads, queries: tokens, keys: tokens, size: width / 3 / heads };
}

/** q, k, v to the output and the attention weights. */
export const attentionKernel: TrainingKernel = {
  name: forwardName,
  run(call) {
    const operands = separate(call.context, required(call, 'q'), required(call, 'k'), required(call, 'v'));
    return forward(call.context, operands, separateSizes(call));
  },
};

export const attentionGradientKernel: TrainingKernel = {
  name: gradientName,
  run(call) {
    const { context } = call;
    const [q, k, v] = [required(call, 'q'), required(call, 'k'), required(call, 'v')];
    const [dq, dk, dv] = [context.output(q.shape), context.output(k.shape), context.output(v.shape)];
    backward(context, separate(context, q, k, v), separate(context, dq, dk, dv), call, separateSizes(call));
    return [dq, dk, dv];
  },
};

/** qkv to the output and the attention weights. */
export const packedAttentionKernel: TrainingKernel = {
  name: packedName,
  run: (call) => forward(call.context, together(call.context, required(call, 'qkv')), packedSizes(call)),
};

export const packedAttentionGradientKernel: TrainingKernel = {
  name: packedGradientName,
  run(call) {
    const { context } = call;
    const qkv = required(call, 'qkv');
    const gradient = context.output(qkv.shape);
    backward(context, together(context, qkv), together(context, gradient), call, packedSizes(call));
    return gradient;
  },
};
