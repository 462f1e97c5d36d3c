import type { ViewKernels } from './kernels.js';

/** Memory comes in pages of this many bytes. */
const page = 2 ** 16;

/** Addresses for parts of the given lengths in bytes, one after another, each at a multiple of 16; and the end of the last. */
export function addressesOf<Part extends string>(
  lengths: Readonly<Record<Part, number>>,
): { readonly at: Readonly<Record<Part, number>>; readonly end: number } {
  let end = 0;
  const at: Partial<Record<Part, number>> = {};
  for (const part of Object.keys(lengths) as Part[]) {
    at[part] = end;
    end += 16 * Math.ceil(lengths[part] / 16);
  }
  return { at: at as Record<Part, number>, end };
}

/** Grows the memory to `bytes` where it is smaller; false where it cannot. */
export function reserve(memory: ViewKernels['memory'], bytes: number): boolean {
  const missing = bytes - memory.buffer.byteLength;
  if (missing <= 0) return true;
  try {
    memory.grow(Math.ceil(missing / page));
    return true;
  } catch {
    return false;
  }
}
