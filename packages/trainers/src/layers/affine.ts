import { tf, type Tensor, type Tensor1D, type Tensor2D } from '@jembench/core';

/** `x + bias` over the last axis: `[..., D] + [D]`; the gradient passes through `x` without a copy. */
export function addBias<T extends Tensor>(x: T, bias: Tensor1D): T {
  const add = tf.customGrad((...inputs) => {
    const [value, offset] = inputs as unknown as [T, Tensor1D];
    return {
      value: tf.add(value, offset),
      gradFunc: (dy: Tensor) => [tf.clone(dy), columnSums(dy)],
    };
  });
  return add(x, bias) as T;
}

function columnSums(x: Tensor): Tensor1D {
  return tf.tidy(() => {
    const columns = x.shape[x.rank - 1];
    return tf.sum<Tensor1D>(tf.reshape(x, [x.size / columns, columns]), 0);
  });
}

/** A dense layer over the last axis of `x`, of any rank: `x kernel + bias`. */
export function dense(x: Tensor, kernel: Tensor2D, bias: Tensor1D | undefined): Tensor {
  const [inputs, outputs] = kernel.shape;
  const rows = tf.fused.matMul({ a: tf.reshape<tf.Rank.R2>(x, [x.size / inputs, inputs]), b: kernel, bias });
  return tf.reshape(rows, [...x.shape.slice(0, -1), outputs]);
}
