import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { util, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';

import type { KernelExports } from './generated/kernels.js';
import type { WasmMemory } from './platform.js';

/** tfjs's backend without its private part. */
export type WasmBackend = Pick<BackendWasm, keyof BackendWasm>;

interface EmscriptenModule {
  /** Memory that the module was given: shared, in the build with threads. */
  readonly wasmMemory?: WasmMemory;
  /** Memory that the module made. */
  readonly asm: { readonly memory: WasmMemory };
  _malloc(bytes: number): number;
  _free(address: number): void;
}

/** A module's addresses have 32 bits: of a larger size `malloc` would see the lower 32 bits, and grant those. */
const addressable = 2 ** 32;

/** An error that takes a message and nothing else. */
export type ErrorClass = new (message: string) => Error;

/** tfjs's wasm backend together with our kernels on the same memory: addresses in, nothing copied. */
export class KernelContext {
  /** What the kernels under way have made; nobody else knows of it before they return it. */
  private readonly made: TensorInfo[] = [];
  private depth = 0;

  constructor(
    readonly backend: WasmBackend,
    readonly kernels: KernelExports,
    /** What is thrown where there is no memory left. */
    readonly memoryError: ErrorClass = Error,
  ) {}

  private get module(): EmscriptenModule {
    return this.backend.wasm as unknown as EmscriptenModule;
  }

  /** The byte address of a tensor's values. */
  address(tensor: TensorInfo): number {
    return this.backend.dataIdMap.get(tensor.dataId).memoryOffset;
  }

  /** A view of `count` floats at an address, valid until the memory grows: not beyond the next allocation. */
  floats(address: number, count: number): Float32Array {
    return new Float32Array(memoryOf(this.backend).buffer, address, count);
  }

  /** The value of a scalar. */
  scalar(tensor: TensorInfo): number {
    return this.floats(this.address(tensor), 1)[0];
  }

  /** A new tensor; its values are whatever the memory held. tfjs does not notice when there is no memory left: address 0 is not ours to write to. */
  output(shape: number[], dtype: DataType = 'float32'): TensorInfo {
    const bytes = util.sizeFromShape(shape) * util.bytesPerElement(dtype);
    const tensor = bytes < addressable ? this.adopt(this.backend.makeOutput(shape, dtype)) : null;
    if (tensor === null || (bytes > 0 && this.address(tensor) === 0)) {
      return this.noMemory(`tensor [${String(shape)}]`, bytes);
    }
    return tensor;
  }

  /** Has a tensor disposed where the kernel that made it throws. */
  adopt(tensor: TensorInfo): TensorInfo {
    this.made.push(tensor);
    return tensor;
  }

  /** Runs a kernel, one within another perhaps. Where it throws, what it has made so far is disposed. */
  disposingOnError<T>(work: () => T): T {
    const before = this.made.length;
    this.depth++;
    try {
      return work();
    } catch (error) {
      // Those that the kernel has disposed itself are unknown by now, and stay so.
      for (const { dataId } of this.made.splice(before)) this.backend.disposeData(dataId);
      throw error;
    } finally {
      if (--this.depth === 0) this.made.length = 0;
    }
  }

  /** Runs `work` with the address of `bytes` bytes of scratch and frees them, whatever happens. */
  withScratch<T>(bytes: number, work: (address: number) => T): T {
    const address = bytes < addressable ? this.module._malloc(bytes) >>> 0 : 0;
    if (address === 0) this.noMemory('scratch', bytes);
    try {
      return work(address);
    } finally {
      this.module._free(address);
    }
  }

  private noMemory(what: string, bytes: number): never {
    throw new this.memoryError(
      `wasm-training: ${what}, got no memory, wanted ${String(bytes)} bytes; use a smaller batch, or dispose tensors that are done with`,
    );
  }
}

/** The memory that tfjs's module owns. */
export function memoryOf(backend: WasmBackend): WasmMemory {
  const { wasmMemory, asm } = backend.wasm as unknown as EmscriptenModule;
  return wasmMemory ?? asm.memory;
}
