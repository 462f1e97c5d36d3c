import { embeddedModule, type EmbeddedModule } from '@jembench/core';
import { kernels } from '../generated/kernels.js';

/** The functions of assembly/index.ts: addresses in bytes, counts and numbers. */
export interface ViewKernels {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  unpackBytes(source: number, target: number, values: number): void;
  resampleRows(
    source: number,
    stride: number,
    height: number,
    channels: number,
    axis: number,
    record: number,
    size: number,
    flip: number,
    target: number,
    rowBytes: number,
  ): void;
  resampleColumns(
    source: number,
    rowBytes: number,
    height: number,
    channels: number,
    axis: number,
    record: number,
    size: number,
    width: number,
    target: number,
    plane: number,
  ): void;
  brightness(at: number, values: number, factor: number): void;
  contrast(planes: number, plane: number, channels: number, pixels: number, factor: number): void;
  saturation(planes: number, plane: number, pixels: number, factor: number): void;
  hue(planes: number, plane: number, pixels: number, turn: number): void;
  grayscale(planes: number, plane: number, pixels: number): void;
  solarise(at: number, values: number, threshold: number): void;
  blur(
    plane: number,
    height: number,
    width: number,
    weights: number,
    taps: number,
    across: number,
    down: number,
    padded: number,
    rows: number,
    rowBytes: number,
  ): void;
  normalise(at: number, pixels: number, mean: number, std: number): void;
  pack(planes: number, plane: number, channels: number, pixels: number, target: number): void;
}

let embedded: EmbeddedModule<ViewKernels> | undefined;

/** The kernels, compiled at the first call; null where this engine does not take them, and then `problem` says why. */
export const viewKernels = (): EmbeddedModule<ViewKernels> => (embedded ??= compile(globalThis));

/** The same without keeping the result, on any platform. */
export const compile = (platform: unknown): EmbeddedModule<ViewKernels> => embeddedModule(kernels, platform);
