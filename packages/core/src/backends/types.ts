import type { KernelBuildName } from '@jembench/wasm-training';
import type { Tensor } from '../tf.js';

/** What determines a backend's speed and bits: it belongs in every result row. */
export interface BackendDescription {
  readonly name: string;
  /** The version of tfjs-core that runs. */
  readonly tfjs: string;
  /** Everything that can change bits: kernels and their versions, e.g. `wasm-simd+jembench-relaxed@0.2.0`. */
  readonly build: string;
  readonly threads: number;
  /** The tfjs flags that bear on results or speed. */
  readonly flags: Readonly<Record<string, boolean | number | string>>;
  /** True where the arithmetic runs on the processor (plain, SIMD or a software adapter); never published as a GPU figure. */
  readonly software: boolean;
  /** The device as its driver names it; absent where there is none. */
  readonly adapter?: string;
  /** The driver and its version, where it tells. */
  readonly driver?: string;
  /** What this backend cannot do here that it can elsewhere, and why; absent where nothing is amiss. */
  readonly limits?: string;
}

/** Whether a backend can run here, why or why not, and what to do about it. */
export interface Support {
  readonly available: boolean;
  /** Why it runs or does not, one sentence. */
  readonly reason: string;
  /** What to do next; empty where nothing needs doing. */
  readonly advice: string;
}

export interface LoadOptions {
  /**
   * Folder (URL, with the final slash) of tfjs's `.wasm` files. Node finds them beside the package; a bundled page has to say where it
   * serves them.
   */
  readonly wasmPaths?: string;
  /**
   * Threads of the wasm backend, 1 by default: our kernels have one, and independent runs in parallel scale better. More need a page that is
   * cross-origin isolated.
   */
  readonly threads?: number;
  /** Forces a build of the wasm training kernels; by default the fastest that runs here. The two differ in the last bits. */
  readonly trainingKernels?: KernelBuildName;
}

/** How to find, load, wait for and describe one backend. */
export interface BackendDescriptor {
  support(): Promise<Support>;
  /** Imports and initialises it and makes it tfjs's current backend. */
  load(options: LoadOptions): Promise<void>;
  /** Resolves once everything queued before it, `tensor` included, has been computed. */
  fence(tensor: Tensor): Promise<void>;
  /** Resolves with what happened once the device is gone and its results mean nothing; absent where nothing can be lost. */
  lost?(): Promise<string>;
  /** Only after `load`. */
  describe(): BackendDescription;
}
