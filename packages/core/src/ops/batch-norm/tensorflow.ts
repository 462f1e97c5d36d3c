import type { EagerBackend } from '../../backends/tensorflow.js';
import { tf, type Tensor, type Tensor1D, type Tensor2D, type Tensor4D } from '../../tf.js';
import { stopGradient } from '../stop-gradient.js';
import type { NormalisationOptions, NormalisedRows } from './composed.js';

/**
 * TensorFlow's own operation and its gradient, instead of a dozen passes each.
 *
 * They tell the variance with the divisor `N - 1`. Mean and variance have gradients of their own, which cost nothing where nobody asks.
 */
export function batchNormTensorflow(
  x: Tensor2D,
  gamma: Tensor1D | undefined,
  beta: Tensor1D | undefined,
  { eps, relu }: NormalisationOptions,
): NormalisedRows {
  const [N, C] = x.shape;
  // TensorFlow subtracts a rounded mean once, which shows where a batch is nearly constant. What is subtracted before has no gradient: a
  // shift of all rows moves nothing.
  const shiftBefore: Tensor2D = tf.mean(stopGradient(x), 0, true);
  const centred: Tensor2D = tf.sub(x, shiftBefore);
  const images: Tensor4D = tf.reshape(centred, [1, N, 1, C]);
  const scale: Tensor1D = gamma ?? tf.ones([C]);
  const shift: Tensor1D = beta ?? tf.zeros([C]);
  const nothing = tf.tensor1d([]);
  const [normalised, rest, unbiased, first, second, third] = fused('FusedBatchNormV3', eps, [
    ...[images, scale, shift, nothing, nothing],
  ]);
  const mean: Tensor1D = tf.add(tf.reshape(shiftBefore, [C]), rest);
  const variance: Tensor1D = tf.mul(unbiased, (N - 1) / N);

  const affine = tf.customGrad((...inputs) => {
    const [each, gain] = inputs as Tensor[];
    const save = inputs.at(-1) as unknown as (tensors: Tensor[]) => void;
    save([each, gain, first, second, third]);
    return {
      value: normalised,
      gradFunc: (dy, saved) => fused('FusedBatchNormGradV3', eps, [dy, ...saved]).slice(0, 3),
    };
  });
  const y: Tensor2D = tf.reshape(affine(images, scale, shift), [N, C]);
  return {
    y: relu ? tf.relu(y) : y,
    mean: tf.customGrad(() => ({
      value: mean,
      gradFunc: (d: Tensor) => tf.tile<Tensor>(tf.div(tf.reshape(d, [1, C]), N), [N, 1]),
    }))(x) as Tensor1D,
    variance: tf.customGrad((rows, save) => {
      (save as unknown as (tensors: Tensor[]) => void)([rows as Tensor, mean]);
      return {
        value: variance,
        gradFunc: (d: Tensor, [each, centre]: Tensor[]) =>
          tf.mul(tf.sub(each, centre), tf.div(tf.mul(tf.reshape(d, [1, C]), 2), N)),
      };
    })(x),
  };
}

/** One of the two operations: `x, scale, offset, mean, variance` to `y, mean, variance, 3 of its own`, or their gradient. */
function fused(name: string, epsilon: number, inputs: readonly Tensor[]): Tensor[] {
  const backend = tf.backend() as unknown as EagerBackend;
  const { TF_ATTR_TYPE, TF_ATTR_FLOAT, TF_ATTR_STRING, TF_ATTR_BOOL, TF_FLOAT } = backend.binding;
  const attributes = [
    { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT },
    { name: 'U', type: TF_ATTR_TYPE, value: TF_FLOAT },
    { name: 'epsilon', type: TF_ATTR_FLOAT, value: epsilon },
    { name: 'data_format', type: TF_ATTR_STRING, value: 'NHWC' },
    { name: 'is_training', type: TF_ATTR_BOOL, value: true },
  ];
  return backend.executeMultipleOutputs(name, attributes, inputs, name === 'FusedBatchNormV3' ? 6 : 5);
}
