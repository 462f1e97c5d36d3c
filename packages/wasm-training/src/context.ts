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

/** tfjs's wasm backend together with our kernels on the same memory: addresses in, nothing copied. */
export class KernelContext {
  constructor(
    readonly backend: WasmBackend,
    readonly kernels: KernelExports,
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
    const tensor = this.backend.makeOutput(shape, dtype);
    const bytes = util.sizeFromShape(shape) * util.bytesPerElement(dtype);
    if (bytes > 0 && this.address(tensor) === 0) {
      throw new Error(
        `wasm-training: tensor [${String(shape)}] of ${String(bytes)} bytes, got no memory, wanted a smaller batch or fewer tensors alive`,
      );
    }
    return tensor;
  }

  /** Runs `work` with the address of `bytes` bytes of scratch and frees them, whatever happens. */
  withScratch<T>(bytes: number, work: (address: number) => T): T {
    const address = this.module._malloc(bytes) >>> 0;
    if (address === 0)
      throw new Error(`wasm-training: scratch of ${String(bytes)} bytes, got none, wanted memory: use a smaller batch`);
    try {
      return work(address);
    } finally {
      this.module._free(address);
    }
  }
}

/** The memory that tfjs's module owns. */
export function memoryOf(backend: WasmBackend): WasmMemory {
  const { wasmMemory, asm } = backend.wasm as unknown as EmscriptenModule;
  return wasmMemory ?? asm.memory;
}
