import { describe, expect, it } from 'vitest';
import { BackendError, InputError } from '../errors.js';
import { tf } from '../tf.js';
import { backendNames, type BackendName } from './table.js';
import { backendSupport, useBackend } from './use-backend.js';

describe('useBackend', () => {
  it.each(['wasm', 'cpu'] as const)('runs tfjs on %s, gradients included', async (name) => {
    const backend = await useBackend(name);
    expect(tf.getBackend()).toBe(name);
    expect(backend.name).toBe(name);
    const slope = tf.tidy(() => tf.grad((x) => tf.sum(tf.square(x)))(tf.tensor1d([1, 2, 3])));
    await backend.fence(slope);
    expect(Array.from(await slope.data())).toEqual([2, 4, 6]);
    slope.dispose();
  });

  it('describes what runs', async () => {
    const { description } = await useBackend('wasm');
    expect(description).toMatchObject({ name: 'wasm', tfjs: '4.22.0', threads: 1, software: true });
    expect(description.build).toMatch(/^wasm-simd\+jembench-(relaxed|simd)@\d+\.\d+\.\d+$/);
    expect((await useBackend('cpu')).description.build).toBe('cpu-javascript');
  });

  it('has wasm kernels say in one line that there is no memory, what to do, and leave nothing', async () => {
    await useBackend('wasm');
    // 4.36 GB, more than WebAssembly can address.
    const [column, row] = [tf.zeros([33_000, 1]), tf.zeros([1, 33_000])];
    const before = tf.memory();
    const product = (): unknown => tf.matMul(column, row);
    expect(product).toThrow(BackendError);
    expect(product).toThrow(
      /^wasm-training: tensor \[33000,33000\], got no memory, wanted \d+ bytes; use a smaller batch/,
    );
    expect(tf.memory()).toEqual(before);
    tf.dispose([column, row]);
  });

  it('takes wasm for auto', async () => {
    expect((await useBackend('auto')).name).toBe('wasm');
    expect((await useBackend()).name).toBe('wasm');
  });

  it('moves tensors along when it switches', async () => {
    await useBackend('wasm');
    const x = tf.tensor1d([1, 2]);
    await useBackend('cpu');
    const doubled = tf.mul(x, 2);
    expect(Array.from(await doubled.data())).toEqual([2, 4]);
    tf.dispose([x, doubled]);
  });

  it.each(['tensorflow', 'webgpu', 'webgl'] as const)('refuses %s with a reason and a way out', async (name) => {
    await expect(useBackend(name)).rejects.toThrow(BackendError);
    await expect(useBackend(name)).rejects.toThrow(/^useBackend: \w+ cannot run here: .+; use wasm/);
  });

  it('names the backends there are when it does not know one', async () => {
    await expect(useBackend('gpu' as BackendName)).rejects.toThrow(InputError);
    await expect(useBackend('gpu' as BackendName)).rejects.toThrow(
      'useBackend: unknown backend, got "gpu", wanted one of wasm, tensorflow, webgpu, webgl, cpu, auto',
    );
    await expect(useBackend('toString' as BackendName)).rejects.toThrow(InputError);
  });
});

describe('backendSupport', () => {
  it('answers for every backend, and advises where one is missing', async () => {
    const support = await backendSupport();
    expect(support.map(({ name }) => name)).toEqual(backendNames);
    expect(support.filter(({ available }) => available).map(({ name }) => name)).toEqual(['wasm', 'cpu']);
    for (const { available, reason, advice } of support) {
      expect(reason).not.toBe('');
      if (!available) expect(advice).not.toBe('');
    }
  });
});
