import { embeddedModule, type EmbeddedModule } from '@jembench/core';
import { kernels } from '../generated/kernels.js';

/** The functions of assembly/index.ts: addresses in bytes, counts. */
export interface MatrixKernels {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  pack(source: number, rows: number, length: number, target: number): void;
  products(a: number, rows: number, packed: number, groups: number, length: number, out: number): void;
}

let embedded: EmbeddedModule<MatrixKernels> | undefined;

/** The kernels, compiled at the first call; null where this engine does not take them. */
export const matrixKernels = (): EmbeddedModule<MatrixKernels> => (embedded ??= embeddedModule(kernels));
