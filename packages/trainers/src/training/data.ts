import type { ByteBatch } from '@jembench/augmentations';
import {
  InputError,
  rootStream,
  ShapeError,
  tf,
  type Dataset,
  type ImageBatch,
  type Stream,
  type Tensor2D,
  type Tensor4D,
} from '@jembench/core';
import type { Encoder } from '../encoders/encoder.js';
import type { Moment } from '../methods/define.js';
import type { Plan } from './config.js';
import type { Batch } from './step.js';

/** Full batches in an epoch. */
export function stepsPerEpoch(count: number, batch: number): number {
  if (count < batch) {
    throw new InputError(
      `train: ${count} training images, wanted at least one batch of ${batch}; make the batch smaller`,
    );
  }
  return Math.floor(count / batch);
}

/**
 * What a run trains on, step by step: the tensors of a step, freed with `disposeBatch`.
 *
 * Each is a function of seed and moment, so that a run that continues sees what it would have seen.
 */
export type TrainingData = (moment: Moment) => Batch;

/**
 * The images of a data set in the order of a seed, as the views of a method.
 *
 * Streams: `order/EPOCH` permutes the images, `views/EPOCH/STEP/VIEW` draws a view (and each image has a stream below it), `mask/EPOCH/STEP`
 * hides patches.
 *
 * @throws ShapeError for local or smaller views on an encoder that takes one size only; InputError for smaller views with hidden patches.
 */
export function trainingData(plan: Plan, dataset: Dataset, encoder: Encoder): TrainingData {
  const { method, values, seed, batch } = plan;
  const root = rootStream(seed);
  const { global, local = [] } = method.views(values, dataset);
  const mask = method.mask?.(values);
  const grid = encoder.patches?.grid;
  if ((local.length > 0 || values.viewSize > 0) && !encoder.anySize) {
    throw new ShapeError(
      `encoder ${plan.encoder.name}: takes images of one size, wanted any size for local crops and viewSize; use convnet or resnet18, or neither of them`,
    );
  }
  if (mask !== undefined && values.viewSize > 0) {
    throw new InputError(
      `train: viewSize, got ${values.viewSize}, wanted 0: hidden patches lie on the grid of the whole image`,
    );
  }
  // The permutation of the epoch at hand; a cache, no state.
  let order: { epoch: number; indices: Int32Array } = { epoch: -1, indices: new Int32Array(0) };

  const indicesOf = ({ step, epoch, stepsPerEpoch: perEpoch }: Moment): Int32Array => {
    if (order.epoch !== epoch) {
      order = { epoch, indices: root.fork('order').fork(epoch).permutation(dataset.train.count) };
    }
    const first = (step % perEpoch) * batch;
    return order.indices.subarray(first, first + batch);
  };
  return (moment) => {
    const indices = indicesOf(moment);
    const images = trainingImages(dataset, indices);
    const below = (name: string): Stream => root.fork(name).fork(moment.epoch).fork(moment.step);
    const views = [...global, ...local].map((view, i) => imageTensor(view(images, below('views').fork(i))));
    const labels = Int32Array.from(indices, (index) => dataset.train.labels[index]);
    return {
      views,
      globalViews: global.length,
      labels: tf.tensor1d(labels, 'int32'),
      mask: mask && grid && maskTensor(mask(batch, grid, below('mask')), batch),
    };
  };
}

/** The training images at `indices`, as the data set has them. */
function trainingImages({ height, width, channels, train }: Dataset, indices: Int32Array): ByteBatch {
  const size = height * width * channels;
  const data = new Uint8Array(indices.length * size);
  for (const [n, index] of indices.entries()) {
    data.set(train.images.subarray(index * size, (index + 1) * size), n * size);
  }
  return { data, count: indices.length, height, width, channels };
}

/** @throws InputError for a plan that hides nothing at all. */
function maskTensor(values: Float32Array, count: number): Tensor2D {
  if (!values.includes(1)) throw new InputError('train: a mask that hides nothing, wanted at least one hidden patch');
  return tf.tensor2d(values, [count, values.length / count]);
}

export function imageTensor({ data, count, height, width, channels }: ImageBatch): Tensor4D {
  return tf.tensor4d(data, [count, height, width, channels]);
}

export function disposeBatch({ views, labels, mask }: Batch): void {
  tf.dispose([...views, labels]);
  mask?.dispose();
}
