import { attention, tf, type Tensor, type Tensor1D, type Tensor2D, type Tensor3D } from '@jembench/core';
import { addBias, dense } from './affine.js';
import { tfl } from './tfl.js';

type Shape = (number | null)[];
type Config = tf.serialization.ConfigDict;

function only(inputs: Tensor | Tensor[]): Tensor {
  return Array.isArray(inputs) ? inputs[0] : inputs;
}

/** Adds a learned vector to each position: `[N, T, D] + [T, D]`. */
export class PositionEmbedding extends tfl.layers.Layer {
  static className = 'PositionEmbedding';
  #embedding?: tfl.LayerVariable;

  override build(shape: Shape): void {
    this.#embedding = this.addWeight('embedding', shape.slice(1), 'float32', tfl.initializers.zeros());
    super.build(shape);
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const x = only(inputs);
    const embedding = read(this.#embedding);
    const rows = addBias(tf.reshape(x, [x.shape[0], embedding.size]), tf.reshape(embedding, [embedding.size]));
    return tf.reshape(rows, x.shape);
  }
}

export interface SelfAttentionArgs {
  /** Divides the width. */
  readonly heads: number;
  readonly name?: string;
}

/**
 * Multi-head self-attention: `[N, T, D] -> [N, T, D]`.
 *
 *     concatenation over heads of softmax(q k^T / sqrt(D / heads)) v, then a dense layer
 *
 * @see Vaswani et al., arXiv:1706.03762
 */
export class SelfAttention extends tfl.layers.Layer {
  static className = 'SelfAttention';
  readonly #heads: number;
  #weights: Record<'qkvKernel' | 'qkvBias' | 'outKernel' | 'outBias', tfl.LayerVariable> | undefined;

  constructor(args: SelfAttentionArgs) {
    super(args);
    this.#heads = args.heads;
  }

  override build(shape: Shape): void {
    const width = shape[2] ?? 0;
    const add = (name: string, sizes: number[]) => this.addWeight(name, sizes, 'float32', tfl.initializers.zeros());
    this.#weights = {
      qkvKernel: add('qkv_kernel', [width, 3 * width]),
      qkvBias: add('qkv_bias', [3 * width]),
      outKernel: add('out_kernel', [width, width]),
      outBias: add('out_bias', [width]),
    };
    super.build(shape);
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tf.tidy(() => {
      const { qkvKernel, qkvBias, outKernel, outBias } = this.#weights ?? {};
      const qkv = dense(only(inputs), read(qkvKernel) as Tensor2D, read(qkvBias) as Tensor1D) as Tensor3D;
      const mixed = attention(qkv, this.#heads);
      return dense(mixed, read(outKernel) as Tensor2D, read(outBias) as Tensor1D);
    });
  }

  override getConfig(): Config {
    return { ...super.getConfig(), heads: this.#heads };
  }
}

function read(variable: tfl.LayerVariable | undefined): Tensor {
  if (variable === undefined) throw new Error('layer: called before it was built');
  return variable.read();
}
