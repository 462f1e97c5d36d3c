import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

import type { WasmBackend } from './context.js';
import { kernelBuild, registerTrainingKernels } from './index.js';

interface Heap {
  _malloc: (bytes: number) => number;
}

beforeAll(async () => {
  await tf.setBackend('wasm');
  await registerTrainingKernels();
});

describe('registerTrainingKernels', () => {
  it('says which build runs, and keeps it when called again', async () => {
    const build = await registerTrainingKernels();
    expect(build).toEqual({ name: 'relaxed', version: '0.2.0' });
    expect(kernelBuild()).toBe(build);
    expect(await registerTrainingKernels({ build: 'relaxed' })).toBe(build);
  });

  it('switches builds', async () => {
    expect((await registerTrainingKernels({ build: 'simd' })).name).toBe('simd');
    expect((await registerTrainingKernels({ build: 'relaxed' })).name).toBe('relaxed');
  });
});

describe('memory', () => {
  it.each([
    ['the result', 'wasm-training: tensor [3,3], got no memory, wanted 36 bytes; use a smaller batch', 0],
    ['scratch', 'wasm-training: scratch, got no memory, wanted', 1],
  ])('that is missing for %s is an error, not a write to address 0', (_, message, allowed) => {
    const a = tf.ones([3, 3]);
    const heap = (tf.backend() as unknown as WasmBackend).wasm as unknown as Heap;
    const malloc = heap._malloc;
    let calls = 0;
    heap._malloc = (bytes) => (calls++ < allowed ? malloc(bytes) : 0);
    try {
      expect(() => tf.matMul(a, a)).toThrow(message);
    } finally {
      heap._malloc = malloc;
      tf.dispose(a);
    }
  });

  it('may grow in the middle of a training step', () => {
    // 200 MB of tensors: tfjs starts with 16 MB.
    tf.tidy(() => {
      const x: tf.Tensor2D = tf.zeros([2000, 1000]);
      const held = Array.from({ length: 24 }, () => tf.exp(x));
      const product = tf.matMul(held[23], held[0], false, true);
      expect(product.dataSync().every((value) => value === 1000)).toBe(true);
    });
  });
});
