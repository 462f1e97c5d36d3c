import { registerTrainingKernels, type KernelBuild, type KernelBuildName } from '@jembench/wasm-training';
import { BackendError } from '../errors.js';
import { tf } from '../tf.js';
import { activate } from './activate.js';
import type { BackendDescriptor, Support } from './types.js';

interface Loaded {
  /** Or why there are none: then ops are composed of tfjs's own kernels. */
  readonly kernels: KernelBuild | Error;
  readonly simd: boolean;
  readonly threads: number;
}

// The wasm module is one per process, like tfjs's own registry; what was loaded is remembered beside it.
let loaded: Loaded | undefined;

async function support(): Promise<Support> {
  if (!('WebAssembly' in globalThis)) {
    return {
      available: false,
      reason: 'this JavaScript engine has no WebAssembly',
      advice: 'use Node 20.19 or later, or a current browser; the cpu backend runs without it',
    };
  }
  await import('@tensorflow/tfjs-backend-wasm');
  const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
  return simd
    ? { available: true, reason: 'WebAssembly with SIMD, training kernels included', advice: '' }
    : {
        available: false,
        reason: 'this WebAssembly engine has no SIMD, which the training kernels need',
        advice: 'use Node 20.19 or later, or a current browser; the cpu backend runs without it',
      };
}

/** @throws BackendError when a build was asked for and does not run; an engine that compiles none only loses speed and training. */
async function registerKernels(build: KernelBuildName | undefined): Promise<KernelBuild | Error> {
  try {
    return await registerTrainingKernels({ build, memoryError: BackendError });
  } catch (error) {
    if (build === undefined) return error as Error;
    throw new BackendError(`useBackend: wasm runs, its training kernels do not: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** tfjs's wasm backend with the training kernels of `@jembench/wasm-training`: the default, bit-equal in Node and browsers. */
export const wasm: BackendDescriptor = {
  support,
  async load({ wasmPaths, trainingKernels, threads = 1 }) {
    const { getThreadsCount, setThreadsCount, setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
    if (loaded === undefined) {
      if (wasmPaths !== undefined) setWasmPaths(wasmPaths);
      // The build with threads is another program; one thread has the same in a page as in Node.
      if (threads === 1) tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
      else setThreadsCount(threads);
    }
    await activate('wasm');
    const kernels = await registerKernels(trainingKernels);
    loaded = {
      kernels,
      simd: tf.env().getBool('WASM_HAS_SIMD_SUPPORT'),
      // The build without threads still reports the number that it was asked for.
      threads: tf.env().getBool('WASM_HAS_MULTITHREAD_SUPPORT') ? getThreadsCount() : 1,
    };
  },
  // A kernel has computed its result when the call returns.
  fence: () => Promise.resolve(),
  describe() {
    if (loaded === undefined) throw new BackendError('wasm: described before it was loaded; call useBackend first');
    const { kernels, simd, threads } = loaded;
    const isMissing = kernels instanceof Error;
    return {
      name: 'wasm',
      tfjs: tf.version_core,
      build: `wasm-${simd ? 'simd' : 'plain'}${isMissing ? '' : `+jembench-${kernels.name}@${kernels.version}`}`,
      threads,
      flags: { WASM_HAS_SIMD_SUPPORT: simd, WASM_HAS_MULTITHREAD_SUPPORT: threads > 1 },
      software: true,
      ...(isMissing && {
        limits: `${kernels.message}; ops are composed of tfjs's own kernels, and nothing can be trained on wasm`,
      }),
    };
  },
};
