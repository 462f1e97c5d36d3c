/**
 * The one door to tfjs-core.
 *
 * Every package takes `tf` from here, so that a process holds one copy of tfjs (a CommonJS and an ES module copy together break its
 * registries). Chained methods (`x.add(y)`) are not registered: write `tf.add(x, y)`.
 */
export * as tf from '@tensorflow/tfjs-core';
export type {
  DataType,
  NamedTensorMap,
  Rank,
  Scalar,
  Tensor,
  Tensor1D,
  Tensor2D,
  Tensor3D,
  Tensor4D,
  TensorLike,
  TypedArray,
  Variable,
} from '@tensorflow/tfjs-core';
