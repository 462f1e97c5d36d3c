import { broadcast_util, util, type TensorInfo } from '@tensorflow/tfjs-core';

import { allFloat, attribute, required, type KernelCall, type TrainingKernel } from './kernel.js';
import { epilogueOf, plain, type Epilogue } from './epilogue.js';

/** `op(a) op(b)` over broadcast batch dimensions; tfjs multiplies only the larger of the two batch sizes, which is wrong for `[2, 1] x [1, 3]`. */
export const batchMatMul: TrainingKernel = {
  name: 'BatchMatMul',
  run: (call) => multiply(call, () => plain),
};

/** `activation(op(a) op(b) + bias)`. */
export const fusedMatMul: TrainingKernel = {
  name: '_FusedMatMul',
  run: (call) => multiply(call, (columns) => epilogueOf(call, columns)),
};

function multiply(call: KernelCall, epilogueFor: (columns: number) => Epilogue): TensorInfo | TensorInfo[] {
  const { context } = call;
  const a = required(call, 'a');
  const b = required(call, 'b');
  if (!allFloat(a, b)) return call.stock();
  const transposeA = (attribute(call, 'transposeA') as boolean | undefined) ? 1 : 0;
  const transposeB = (attribute(call, 'transposeB') as boolean | undefined) ? 1 : 0;
  const [m, k] = matrixShape(a, transposeA);
  const [inner, n] = matrixShape(b, transposeB);
  util.assert(
    k === inner,
    () =>
      `matMul: inner dimensions of ${String(a.shape)} and ${String(b.shape)}, got ${String(k)} and ${String(inner)}, wanted equal ones`,
  );

  const batchA = a.shape.slice(0, -2);
  const batchB = b.shape.slice(0, -2);
  const batch = broadcast_util.assertAndGetBroadcastShape(batchA, batchB);
  const output = context.output([...batch, m, n]);
  if (util.sizeFromShape(output.shape) === 0) return output;

  const epilogue = epilogueFor(n);
  const [startA, startB, startC] = [context.address(a), context.address(b), context.address(output)];
  context.withScratch(context.kernels.gemmScratch(n, k), (scratch) => {
    const stepsA = batchIndices(batchA, batch);
    const stepsB = batchIndices(batchB, batch);
    for (let index = 0; index < stepsA.length; index++) {
      const [atA, atB, atC] = [
        startA + stepsA[index] * m * k * 4,
        startB + stepsB[index] * k * n * 4,
        startC + index * m * n * 4,
      ];
      context.kernels.gemm(atA, atB, atC, m, n, k, transposeA, transposeB, epilogue.flags, epilogue.bias, scratch);
    }
  });
  return epilogue.finish(output);
}

function matrixShape({ shape }: TensorInfo, transposed: number): [number, number] {
  const [first, second] = [shape[shape.length - 2], shape[shape.length - 1]];
  return transposed ? [second, first] : [first, second];
}

/** For every matrix of the broadcast batch, the index of the one to read. */
function batchIndices(own: number[], batch: number[]): number[] {
  let indices = [0];
  let stride = 1;
  for (let axis = 1; axis <= batch.length; axis++) {
    const size = batch[batch.length - axis];
    const ownSize = axis <= own.length ? own[own.length - axis] : 1;
    const previous = indices;
    const step = ownSize === 1 ? 0 : stride;
    indices = Array.from({ length: size }, (_, i) => i).flatMap((i) => previous.map((at) => at + i * step));
    stride *= ownSize;
  }
  return indices;
}
