import { backend_util, util, type TensorInfo } from '@tensorflow/tfjs-core';

import type { KernelContext } from '../context.js';
import { attribute, required, type KernelCall, type TrainingKernel } from './kernel.js';

const isFourBytes = ({ dtype }: TensorInfo): boolean => dtype === 'float32' || dtype === 'int32';

const isPlain = (x: TensorInfo): boolean => isFourBytes(x) || x.dtype === 'bool';

/** Another tensor on the same values. */
function share(context: KernelContext, { dataId, shape, dtype }: TensorInfo): TensorInfo {
  context.backend.incRef(dataId);
  return { dataId, shape, dtype };
}

/** tfjs's wasm backend copies a tensor for every clone, and its tape clones every tensor that a gradient needs. */
export const identity: TrainingKernel = { name: 'Identity', run: (call) => share(call.context, required(call, 'x')) };

/** A cast to the type that is there already: the gradient of every clone asks for one. tfjs copies. */
export const cast: TrainingKernel = {
  name: 'Cast',
  run(call) {
    const x = required(call, 'x');
    return attribute(call, 'dtype') === x.dtype ? share(call.context, x) : call.stock();
  },
};

/**
 * Permutations that swap two groups of axes, e.g. a matrix or a batch of them. tfjs moves single elements there; its kernels for other
 * permutations copy whole rows and stay.
 */
export const transpose: TrainingKernel = {
  name: 'Transpose',
  run(call) {
    const { context } = call;
    const x = required(call, 'x');
    const perm = attribute(call, 'perm') as number[];
    const swap = swappedGroups(x.shape, perm);
    if (!isFourBytes(x) || !swap) return call.stock();
    const y = context.output(
      perm.map((axis) => x.shape[axis]),
      x.dtype,
    );
    context.kernels.transposeBatch(context.address(x), context.address(y), swap.batch, swap.rows, swap.columns);
    return y;
  },
};

/** `[batch, rows, columns]` if the permutation is `[0, 2, 1]` of it, once axes of size 1 are dropped and neighbours that stay together are merged. */
function swappedGroups(shape: number[], perm: number[]): { batch: number; rows: number; columns: number } | undefined {
  const order = perm.filter((axis) => shape[axis] !== 1);
  const kept = order.toSorted((a, b) => a - b);
  let leading = 0;
  while (leading < order.length && order[leading] === kept[leading]) leading++;
  const rest = order.slice(leading);
  const restSorted = kept.slice(leading);
  const split = restSorted.indexOf(rest[0]);
  if (split <= 0) return undefined;
  const swapped = [...restSorted.slice(split), ...restSorted.slice(0, split)];
  if (!rest.every((axis, i) => axis === swapped[i])) return undefined;
  const size = (axes: number[]): number => axes.reduce((product, axis) => product * shape[axis], 1);
  return {
    batch: size(kept.slice(0, leading)),
    rows: size(restSorted.slice(0, split)),
    columns: size(restSorted.slice(split)),
  };
}

/** `reps[axis]` copies along each axis, one axis after the other, in whole runs. Numbers or booleans, nothing empty. */
export function tile(context: KernelContext, x: TensorInfo, reps: number[]): TensorInfo {
  const shape = [...x.shape];
  const axes = shape.map((_, axis) => axis).filter((axis) => reps[axis] > 1);
  let current = x;
  // The last axis first: what was repeated already is then one run of the next.
  for (const axis of axes.reverse()) {
    const outer = util.sizeFromShape(shape.slice(0, axis));
    const bytes = util.sizeFromShape(shape.slice(axis)) * util.bytesPerElement(x.dtype);
    shape[axis] *= reps[axis];
    const next = context.output([...shape], x.dtype);
    context.kernels.repeatChunks(context.address(current), context.address(next), outer, reps[axis], bytes);
    if (current !== x) context.backend.disposeData(current.dataId);
    current = next;
  }
  return current === x ? share(context, x) : current;
}

/** tfjs's takes 90 ns an element. */
export const tileKernel: TrainingKernel = {
  name: 'Tile',
  run(call) {
    const x = required(call, 'x');
    const reps = attribute(call, 'reps') as number[];
    if (!isPlain(x) || x.shape.some((size, axis) => size * reps[axis] === 0)) return call.stock();
    return tile(call.context, x, reps);
  },
};

/** Copies whole runs; tfjs's takes 10 ns an element. */
export const split: TrainingKernel = {
  name: 'SplitV',
  run(call) {
    const { context } = call;
    const x = required(call, 'x');
    if (!isPlain(x)) return call.stock();
    const axis = util.parseAxisParam(attribute(call, 'axis') as number, x.shape)[0];
    const sizes = backend_util.prepareSplitSize(x, attribute(call, 'numOrSizeSplits') as number | number[], axis);
    const outer = util.sizeFromShape(x.shape.slice(0, axis));
    const inner = util.sizeFromShape(x.shape.slice(axis + 1)) * util.bytesPerElement(x.dtype);
    const pitch = x.shape[axis] * inner;
    let at = context.address(x);
    return sizes.map((size) => {
      const part = context.output(
        x.shape.map((length, i) => (i === axis ? size : length)),
        x.dtype,
      );
      context.kernels.copyChunks(at, pitch, context.address(part), size * inner, outer);
      at += size * inner;
      return part;
    });
  },
};

/** Copies whole slices; tfjs's computes the place of every element (50 ns). */
export const gather: TrainingKernel = {
  name: 'GatherV2',
  run(call: KernelCall) {
    const { context } = call;
    const x = required(call, 'x');
    const indices = required(call, 'indices');
    const axis = util.parseAxisParam(attribute(call, 'axis') as number, x.shape)[0];
    if (!isFourBytes(x) || indices.dtype !== 'int32' || (attribute(call, 'batchDims') as number) !== 0)
      return call.stock();
    const info = backend_util.segment_util.collectGatherOpShapeInfo(x, indices, axis, 0);
    const count = util.sizeFromShape(indices.shape);
    for (const index of context.backend.typedArrayFromHeap(indices)) {
      util.assert(
        index >= 0 && index < info.dimSize,
        () => `GatherV2: the index value ${String(index)} is not in [0, ${String(info.dimSize - 1)}]`,
      );
    }
    const y = context.output(info.outputShape, x.dtype);
    if (util.sizeFromShape(y.shape) === 0) return y;
    context.kernels.gatherSlices(
      context.address(x),
      context.address(indices),
      context.address(y),
      info.outerSize,
      info.dimSize,
      count,
      info.sliceSize,
    );
    return y;
  },
};

/** The gradient of `gather`. Missing in tfjs's wasm backend. */
export const unsortedSegmentSum: TrainingKernel = {
  name: 'UnsortedSegmentSum',
  run(call: KernelCall) {
    const { context } = call;
    const x = required(call, 'x');
    const segments = required(call, 'segmentIds');
    const numSegments = attribute(call, 'numSegments') as number;
    if (x.dtype !== 'float32' || segments.dtype !== 'int32' || segments.shape.length !== 1) return call.stock();
    const y = context.output([numSegments, ...x.shape.slice(1)]);
    const slice = util.sizeFromShape(x.shape.slice(1));
    context.kernels.sumSegments(
      context.address(x),
      context.address(segments),
      context.address(y),
      x.shape[0],
      slice,
      numSegments,
    );
    return y;
  },
};
