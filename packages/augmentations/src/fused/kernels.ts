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

/** What every engine has but `ES2023` does not declare; the library of a browser must not leak into code that runs everywhere. */
interface Platform {
  readonly WebAssembly?: {
    readonly Module: new (bytes: Uint8Array) => object;
    readonly Instance: new (module: object) => { readonly exports: unknown };
  };
  readonly atob: (base64: string) => string;
}

let compiled: { readonly kernels: ViewKernels | null; readonly problem: string | null } | undefined;

/** The kernels, compiled at the first call; null where this engine does not take them, and then `problem` says why. */
export function viewKernels(): NonNullable<typeof compiled> {
  const platform: unknown = globalThis; // not every build has the types of all that is used here
  return (compiled ??= compile(platform as Platform));
}

/** The same without keeping the result, on any platform. */
export function compile({ WebAssembly, atob }: Platform): NonNullable<typeof compiled> {
  try {
    if (WebAssembly === undefined) return { kernels: null, problem: 'this engine has no WebAssembly' };
    const bytes = Uint8Array.from(atob(kernels), (character) => character.charCodeAt(0));
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
    return { kernels: exports as ViewKernels, problem: null };
  } catch (error) {
    return { kernels: null, problem: error instanceof Error ? error.message : String(error) };
  }
}
