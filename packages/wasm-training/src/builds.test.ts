import { afterEach, describe, expect, it, vi } from 'vitest';

import { loadKernels, type KernelBuildName } from './builds.js';
import { relaxed, simd } from './generated/kernels.js';
import { platform, type WasmMemory } from './platform.js';

interface MemoryLimits {
  initial: number;
  maximum?: number;
  shared?: boolean;
}
const { Memory } = (globalThis as unknown as { WebAssembly: { Memory: new (limits: MemoryLimits) => WasmMemory } })
  .WebAssembly;

const engine = platform.WebAssembly;

/** The first `times` compilations fail, as they do in an engine out of code space. */
function compileFailing(times: number) {
  const compile = vi.spyOn(engine, 'compile');
  for (let i = 0; i < times; i++) compile.mockRejectedValueOnce(new Error('out of code space'));
  return compile;
}

afterEach(() => {
  vi.restoreAllMocks();
});

/** [1, 2; 3, 4] squared, by the kernels of a build on a memory of their own. */
async function square(memory: WasmMemory, build: KernelBuildName): Promise<number[]> {
  const { name, kernels } = await loadKernels(memory, build);
  expect(name).toBe(build);
  new Float32Array(memory.buffer, 1024, 4).set([1, 2, 3, 4]);
  kernels.gemm(1024, 1024, 2048, 2, 2, 2, 0, 0, 0, 0, 4096);
  return Array.from(new Float32Array(memory.buffer, 2048, 4));
}

describe.each(['relaxed', 'simd'] as const)('the %s build', (build) => {
  it('runs on plain memory', async () => {
    expect(await square(new Memory({ initial: 2 }), build)).toEqual([7, 10, 15, 22]);
  });

  it('runs on shared memory, as tfjs has it with threads', async () => {
    expect(await square(new Memory({ initial: 2, maximum: 100, shared: true }), build)).toEqual([7, 10, 15, 22]);
  });

  it('brings no data of its own into the memory that it shares', async () => {
    const memory = new Memory({ initial: 2 });
    await loadKernels(memory, build);
    expect(new Uint8Array(memory.buffer).every((byte) => byte === 0)).toBe(true);
  });
});

describe('the two builds', () => {
  it('differ in the rounding of a product only', async () => {
    const results = await Promise.all(
      (['relaxed', 'simd'] as const).map(async (build) => {
        const memory = new Memory({ initial: 1 });
        const { kernels } = await loadKernels(memory, build);
        return kernels.fused(1 + 2 ** -12, 1 + 2 ** -12, -(1 + 2 ** -11));
      }),
    );
    expect(results).toEqual([1, 0]);
    expect(relaxed).not.toBe(simd);
  });

  it('stand in for each other: plain SIMD where the relaxed build does not compile', async () => {
    const failing = compileFailing(1);
    expect((await loadKernels(new Memory({ initial: 1 }))).name).toBe('simd');
    expect(failing).toHaveBeenCalledTimes(2);
  });

  it('say why when neither compiles, and when the one asked for does not', async () => {
    compileFailing(2);
    await expect(loadKernels(new Memory({ initial: 1 }))).rejects.toThrow(
      'registerTrainingKernels: no build of the kernels compiles here: relaxed: out of code space; simd: out of code space',
    );
    vi.restoreAllMocks();
    compileFailing(1);
    await expect(loadKernels(new Memory({ initial: 1 }), 'relaxed')).rejects.toThrow('relaxed: out of code space');
  });

  it('are both there without being asked for: the fused one where it runs', async () => {
    expect((await loadKernels(new Memory({ initial: 1 }))).name).toBe('relaxed');
  });
});
