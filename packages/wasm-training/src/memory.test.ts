import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { memoryOf, type WasmBackend } from './context.js';
import {
  batchNormReluTraining,
  covariancePenalty,
  emaUpdate,
  registerTrainingKernels,
  sgdUpdate,
  sinkhorn,
  softargmax,
  varianceHinge,
} from './index.js';
import { contextOf } from './registrations.js';
import { generatedValues } from './testing/values.js';

interface Heap {
  _malloc: (bytes: number) => number;
  _free: (address: number) => void;
}

const backend = (): WasmBackend => tf.backend() as unknown as WasmBackend;
const heap = (): Heap => backend().wasm as unknown as Heap;
const heapBytes = (): number => memoryOf(backend()).buffer.byteLength;

const tensor = (seed: number, ...shape: number[]): tf.Tensor =>
  tf.tensor(
    generatedValues(
      shape.reduce((product, size) => product * size, 1),
      seed,
    ),
    shape,
  );

const moments = { centred: true, ddof: 1 } as const;
const hinge = { ...moments, gamma: 1, eps: 1e-4, spread: 'std' } as const;
const sgd = { learningRate: 0.05, momentum: 0.9, weightDecay: 1e-4, dampening: 0, nesterov: false } as const;

/** One op of each family, forward and backward where it has a gradient. */
const families: Readonly<Record<string, () => tf.Tensor[]>> = {
  'matrix product': () => tf.grads((a, b) => tf.matMul(a, b, false, true))([tensor(1, 9, 33), tensor(2, 17, 33)]),
  'covariance penalty, Gram form': () => {
    const { value, grad } = tf.valueAndGrad((z: tf.Tensor) =>
      covariancePenalty(z as tf.Tensor2D, { ...moments, form: 'gram' }),
    )(tensor(3, 6, 40));
    return [value, grad];
  },
  sinkhorn: () => [
    sinkhorn(tensor(4, 13, 30) as tf.Tensor2D, { epsilon: 0.05, iterations: 3, domain: 'auto' }),
    sinkhorn(tensor(4, 13, 30) as tf.Tensor2D, { epsilon: 0.05, iterations: 3, domain: 'log' }),
  ],
  convolution: () =>
    tf.grads((x, filter) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same'))([
      tensor(5, 2, 9, 9, 16),
      tensor(6, 3, 3, 16, 16),
    ]),
  'batch norm': () => {
    const { value, grad } = tf.valueAndGrad((x: tf.Tensor) =>
      tf.sum(tf.square(batchNormReluTraining(x, null, null, 1e-5).y)),
    )(tensor(7, 11, 13));
    return [value, grad];
  },
  'weight update': () => [
    ...Object.values(sgdUpdate(tensor(8, 45), tensor(9, 45), tensor(10, 45), sgd)).filter(
      (t) => t instanceof tf.Tensor,
    ),
    emaUpdate(tensor(8, 45), tensor(9, 45), 0.9),
  ],
};

const bits = (work: () => tf.Tensor[]): Float32Array[] =>
  tf.tidy(() => work().map((result) => Float32Array.from(result.dataSync())));

/** Runs `work`; `before` is called ahead of each allocation, with its number, and may answer in its place. */
function withAllocations<T>(before: (call: number, malloc: Heap['_malloc']) => number | undefined, work: () => T): T {
  const own = heap();
  own._free(own._malloc(8));
  const malloc = own._malloc;
  let calls = 0;
  own._malloc = (bytes) => before(calls++, malloc) ?? malloc(bytes);
  try {
    return work();
  } finally {
    own._malloc = malloc;
  }
}

function allocationsOf(work: () => tf.Tensor[]): number {
  let most = 0;
  withAllocations(
    (call) => {
      most = call + 1;
      return undefined;
    },
    () => bits(work),
  );
  return most;
}

beforeAll(async () => {
  await tf.setBackend('wasm');
  await registerTrainingKernels();
});

describe('memory that grows in the middle of a call', () => {
  it.each(Object.entries(families))('changes no bit of a %s', (_, work) => {
    const wanted = bits(work);
    const allocations = allocationsOf(work);
    for (const place of [allocations >> 1, allocations - 1]) {
      const held: number[] = [];
      const before = heapBytes();
      const got = withAllocations(
        (call, malloc) => {
          // Blocks that are kept until the memory has to grow for one.
          while (call === place && heapBytes() === before) held.push(malloc(Math.ceil(before / 4)));
          return undefined;
        },
        () => bits(work),
      );
      held.forEach((address) => {
        heap()._free(address);
      });
      expect(heapBytes()).toBeGreaterThan(before);
      expect(got).toEqual(wanted);
    }
  });
});

/** Runs `work`; the allocation of our kernels with that number, from 0, and all after it find no memory. Returns how many there were. */
function withoutMemoryFrom(place: number, work: () => void): number {
  const context = contextOf(tf.backend(), 'test');
  const run = context.disposingOnError.bind(context);
  let kernels = 0;
  let allocations = 0;
  const watched = vi.spyOn(context, 'disposingOnError').mockImplementation((kernel) => {
    kernels++;
    try {
      return run(kernel);
    } finally {
      kernels--;
    }
  });
  // tfjs's own uploads and kernels do not notice that there is none, and write to address 0.
  const before = (): number | undefined => (kernels > 0 && allocations++ >= place ? 0 : undefined);
  try {
    withAllocations(before, work);
  } finally {
    watched.mockRestore();
  }
  return allocations;
}

/** Tensors whose memory the backend holds and tfjs knows nothing of: nobody can dispose them. */
const orphans = (): number => backend().numDataIds() - tf.memory().numDataBuffers;

describe('memory that is not to be had', () => {
  class NoMemory extends Error {}

  beforeAll(() => registerTrainingKernels({ memoryError: NoMemory }));
  afterAll(() => registerTrainingKernels({ memoryError: Error }));

  it.each(Object.entries(families))(
    'is an error of a %s that says so, at whichever allocation; what was made goes, and it works to the same bits',
    (_, work) => {
      const wanted = bits(work);
      const allocations = withoutMemoryFrom(Infinity, () => bits(work));
      expect(allocations).toBeGreaterThan(1);
      for (let place = 0; place < allocations; place++) {
        const before = orphans();
        const failing = (): unknown => withoutMemoryFrom(place, () => bits(work));
        expect(failing).toThrow(NoMemory);
        expect(failing).toThrow(
          /^wasm-training: [^\n]*, got no memory, wanted \d+ bytes; use a smaller batch, or dispose/,
        );
        expect(orphans() - before).toBe(0);
      }
      expect(bits(work)).toEqual(wanted);
    },
  );

  it('leaves no tensor at all of a call outside of tidy', () => {
    const x = tensor(1, 9, 33);
    const [image, filter] = [tensor(5, 1, 9, 9, 16), tensor(6, 3, 3, 16, 16)] as [tf.Tensor4D, tf.Tensor4D];
    const before = { tensors: tf.memory().numTensors, data: backend().numDataIds() };
    const calls = [
      () => tf.matMul(x, x, false, true),
      () => tf.conv2d(image, filter, 1, 'same'),
      () => covariancePenalty(x as tf.Tensor2D, { ...moments, form: 'gram' }),
      () => sgdUpdate(x, x, x, sgd),
    ];
    for (const call of calls) {
      const allocations = withoutMemoryFrom(Infinity, () => {
        tf.dispose(call());
      });
      for (let place = 0; place < allocations; place++) {
        expect(() => withoutMemoryFrom(place, call)).toThrow(NoMemory);
        expect({ tensors: tf.memory().numTensors, data: backend().numDataIds() }).toEqual(before);
      }
    }
    tf.dispose([x, image, filter]);
  });

  it('is an error after an activation that tfjs computes, too', () => {
    const fused = (): tf.Tensor =>
      tf.fused.matMul({ a: tensor(1, 9, 33), b: tensor(2, 33, 5), bias: tf.scalar(1), activation: 'relu' });
    const allocations = withoutMemoryFrom(Infinity, () => bits(() => [fused()]));
    const before = orphans();
    expect(() => withoutMemoryFrom(allocations - 1, () => bits(() => [fused()]))).toThrow(NoMemory);
    expect(orphans() - before).toBe(0);
  });
});

/** Repeats a step 10,000 times; its first 100 may still find the size that the heap needs. */
function expectSteady(step: (previous: tf.Tensor[]) => tf.Tensor[], start: tf.Tensor[]): void {
  let weights = start;
  let settled = { tensors: 0, bytes: 0 };
  for (let i = 1; i <= 10_000; i++) {
    const next = tf.tidy(() => step(weights));
    tf.dispose(weights);
    weights = next;
    if (i === 100) settled = { tensors: tf.memory().numTensors, bytes: heapBytes() };
  }
  expect({ tensors: tf.memory().numTensors, bytes: heapBytes() }).toEqual(settled);
  for (const weight of weights) expect(weight.dataSync().every(Number.isFinite)).toBe(true);
  tf.dispose(weights);
}

/** One step of SGD by hand: the slopes of a loss of the weights. */
const descended = (loss: (weight: tf.Tensor2D) => tf.Scalar, weight: tf.Tensor): tf.Tensor[] => {
  const slope = tf.grad((w: tf.Tensor) => loss(w as tf.Tensor2D))(weight);
  return [emaUpdate(weight, tf.sub(weight, slope), 0.99)];
};

describe('10,000 steps', () => {
  it('of VICReg leave no tensor and no byte', { timeout: 120_000 }, () => {
    const x = tensor(1, 8, 16) as tf.Tensor2D;
    const loss = (weight: tf.Tensor2D): tf.Scalar => {
      const z = batchNormReluTraining(tf.matMul<tf.Tensor2D>(x, weight), null, null, 1e-5).y;
      return tf.add<tf.Scalar>(covariancePenalty(z, { ...moments, form: 'auto' }), varianceHinge(z, hinge));
    };
    expectSteady(([weight]) => descended(loss, weight), [tensor(2, 16, 8)]);
    tf.dispose(x);
  });

  it('of SwAV leave no tensor and no byte', { timeout: 120_000 }, () => {
    const x = tensor(3, 8, 16) as tf.Tensor2D;
    const loss = (prototypes: tf.Tensor2D): tf.Scalar => {
      const scores = tf.matMul<tf.Tensor2D>(x, prototypes);
      const q = sinkhorn(scores, { epsilon: 0.5, iterations: 3, domain: 'auto' });
      return tf.neg<tf.Scalar>(tf.mean(tf.mul(q, tf.log(softargmax(scores, 1)))));
    };
    expectSteady(([weight]) => descended(loss, weight), [tensor(4, 16, 8)]);
    tf.dispose(x);
  });
});
