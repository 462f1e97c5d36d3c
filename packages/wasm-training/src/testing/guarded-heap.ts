import type { WasmBackend } from '../context.js';

interface Heap {
  _malloc: (bytes: number) => number;
  _free: (address: number) => void;
  readonly HEAPU8: Uint8Array;
}

const GUARD_BYTES = 64;
const GUARD = 0xa5;
/** Four of these bytes are a NaN: what a kernel reads before it is written cannot pass for a number. */
const POISON = 0xff;

export interface GuardedHeap {
  /** Blocks that are allocated now. */
  live(): number;
  /** Addresses of blocks around which something was written. */
  damaged(): number[];
  restore(): void;
}

/**
 * Puts a guard before and after every block that the backend or a kernel allocates, and fills the block with NaN. Blocks start
 * `misalignment` bytes (a multiple of 4) after the address that the allocator gave: results must not depend on it.
 */
export function guardHeap(backend: WasmBackend, misalignment = 0): GuardedHeap {
  const heap = backend.wasm as unknown as Heap;
  // Emscripten's stubs replace themselves at their first call.
  heap._free(heap._malloc(8));
  const [malloc, free] = [heap._malloc, heap._free];
  const blocks = new Map<number, { start: number; bytes: number }>();
  const broken: number[] = [];
  const before = GUARD_BYTES + misalignment;

  const check = (address: number): void => {
    const block = blocks.get(address);
    if (!block) return;
    const memory = heap.HEAPU8;
    const intact = (byte: number): boolean => byte === GUARD;
    const end = address + block.bytes;
    if (!memory.subarray(block.start, address).every(intact) || !memory.subarray(end, end + GUARD_BYTES).every(intact))
      broken.push(address);
  };

  heap._malloc = (bytes) => {
    const start = malloc(bytes + before + GUARD_BYTES) >>> 0;
    const address = start + before;
    heap.HEAPU8.fill(GUARD, start, address);
    heap.HEAPU8.fill(POISON, address, address + bytes);
    heap.HEAPU8.fill(GUARD, address + bytes, address + bytes + GUARD_BYTES);
    blocks.set(address, { start, bytes });
    return address;
  };
  heap._free = (address) => {
    const block = blocks.get(address);
    check(address);
    blocks.delete(address);
    free(block?.start ?? address);
  };
  return {
    live: () => blocks.size,
    damaged: () => {
      for (const address of blocks.keys()) check(address);
      return broken;
    },
    restore: () => {
      heap._malloc = malloc;
      heap._free = free;
    },
  };
}
