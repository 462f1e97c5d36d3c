import {
  gatherImages,
  InputError,
  ShapeError,
  tf,
  type Dataset,
  type ImageBatch,
  type Stream,
  type Tensor2D,
  type Tensor4D,
} from '@jembench/core';
import type { Encoder } from '../encoders/encoder.js';
import type { MaskPlan, ViewPlan } from '../methods/define.js';
import type { Batch } from './step.js';

/** The images of one step, in the order of their epoch. */
export function batchIndices(order: Int32Array, stepInEpoch: number, batch: number): Int32Array {
  return order.subarray(stepInEpoch * batch, (stepInEpoch + 1) * batch);
}

/** Full batches in an epoch. */
export function stepsPerEpoch(count: number, batch: number): number {
  if (count < batch) {
    throw new InputError(
      `train: ${count} training images, wanted at least one batch of ${batch}; make the batch smaller`,
    );
  }
  return Math.floor(count / batch);
}

/** The random views of some images. Each view has a stream of its own, each image one below it. */
export function viewsOf(dataset: Dataset, indices: Int32Array, plan: ViewPlan, stream: Stream): ImageBatch[] {
  const images = gatherImages(dataset, dataset.train, indices);
  return [...plan.global, ...(plan.local ?? [])].map((view, i) => view(images, stream.fork(i)));
}

/** @throws ShapeError for local views on an encoder that takes one size only. */
export function checkViews(plan: ViewPlan, encoder: Encoder, name: string): void {
  if ((plan.local?.length ?? 0) > 0 && !encoder.anySize) {
    throw new ShapeError(
      `encoder ${name}: takes images of one size, wanted any size for local crops; use convnet or resnet18, or no local crops`,
    );
  }
}

/** The tensors of one step; free them with `disposeBatch`. */
export function batchOf(
  dataset: Dataset,
  indices: Int32Array,
  views: readonly ImageBatch[],
  globalViews: number,
  mask: Tensor2D | undefined,
): Batch {
  const labels = tf.tensor1d(
    Array.from(indices, (index) => dataset.train.labels[index]),
    'int32',
  );
  return { views: views.map(imageTensor), globalViews, labels, mask };
}

export function imageTensor({ data, count, height, width, channels }: ImageBatch): Tensor4D {
  return tf.tensor4d(data, [count, height, width, channels]);
}

/** @throws InputError for a plan that hides nothing at all. */
export function maskOf(plan: MaskPlan, count: number, grid: readonly [number, number], stream: Stream): Tensor2D {
  const values = plan(count, grid, stream);
  if (!values.includes(1)) throw new InputError('train: a mask that hides nothing, wanted at least one hidden patch');
  return tf.tensor2d(values, [count, grid[0] * grid[1]]);
}

export function disposeBatch({ views, labels, mask }: Batch): void {
  tf.dispose([...views, labels]);
  mask?.dispose();
}
