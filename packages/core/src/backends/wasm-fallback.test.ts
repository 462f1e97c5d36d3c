import { afterEach, expect, it, vi } from 'vitest';
import { BackendError } from '../errors.js';
import { sinkhorn } from '../ops/sinkhorn/op.js';
import { updateKernels } from '../ops/update-kernels.js';
import { tf } from '../tf.js';
import { useBackend } from './use-backend.js';

// A file of its own: what is loaded stays loaded for a process, and this one shall not have the kernels.
const engine = (globalThis as unknown as { WebAssembly: { compile(bytes: Uint8Array): Promise<unknown> } }).WebAssembly;

afterEach(() => {
  vi.restoreAllMocks();
});

it('composes the ops, and says so, where the kernels do not compile; an asked-for build is an error', async () => {
  vi.spyOn(engine, 'compile').mockRejectedValue(new Error('out of code space'));
  const { description } = await useBackend('wasm');
  expect(description.build).toBe('wasm-simd');
  expect(description.limits).toContain('out of code space');

  const scores = tf.tensor2d([1, 0, 0, 1], [2, 2]);
  const assigned = sinkhorn(scores);
  expect((await assigned.data())[0]).toBeGreaterThan(0.99);
  expect(() => sinkhorn(scores, { implementation: 'wasm' })).toThrow(BackendError);
  expect(updateKernels()).toBeUndefined();
  tf.dispose([scores, assigned]);

  await expect(useBackend('wasm', { trainingKernels: 'simd' })).rejects.toThrow('simd: out of code space');
});

it('takes the kernels as soon as they compile', async () => {
  const { description } = await useBackend('wasm');
  expect(description.build).toMatch(/^wasm-simd\+jembench-/);
  expect(description.limits).toBeUndefined();
  expect(updateKernels()).toBeDefined();
});
