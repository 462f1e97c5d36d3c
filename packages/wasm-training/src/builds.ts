import { relaxed, simd, type KernelExports } from './generated/kernels.js';
import { webAssembly, type WasmMemory } from './wasm-api.js';

/** `relaxed`: fused multiply-add, about 1.5 to 2 times as fast; `simd`: every product rounded. Their results differ in the last bits. */
export type KernelBuildName = 'relaxed' | 'simd';

interface NodeProcess {
  getBuiltinModule?(name: string): { setFlagsFromString(flags: string): void } | undefined;
}

/**
 * Node 20 compiles relaxed SIMD only behind a flag. It is asked for through `process.getBuiltinModule`, which bundlers do not see and browsers
 * do not have.
 */
function allowRelaxedSimd(): void {
  const { process } = globalThis as { process?: NodeProcess };
  process?.getBuiltinModule?.('node:v8')?.setFlagsFromString('--experimental-wasm-relaxed-simd');
}

function decode(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

async function instantiate(bytes: Uint8Array, memory: WasmMemory): Promise<KernelExports> {
  const module = await webAssembly.compile(bytes);
  return new webAssembly.Instance(module, { env: { memory } }).exports as KernelExports;
}

/** (1 + 2^-12)^2 - 1 - 2^-11 is 2^-24 when the product is not rounded, 0 when it is. */
function isFused(kernels: KernelExports): boolean {
  return kernels.fused(1 + 2 ** -12, 1 + 2 ** -12, -(1 + 2 ** -11)) === 1;
}

/**
 * Compiles the fastest build that this engine and processor run: `relaxed` where it validates and is seen to fuse (an engine may also round
 * the product, and then its results would differ from those of other machines), else `simd`.
 */
export async function loadKernels(
  memory: WasmMemory,
  wanted?: KernelBuildName,
): Promise<{ name: KernelBuildName; kernels: KernelExports }> {
  if (wanted !== 'simd') {
    const bytes = decode(relaxed);
    if (!webAssembly.validate(bytes)) allowRelaxedSimd();
    if (webAssembly.validate(bytes)) {
      const kernels = await instantiate(bytes, memory);
      if (isFused(kernels)) return { name: 'relaxed', kernels };
    }
    if (wanted === 'relaxed')
      throw new Error(
        "registerTrainingKernels: build, got 'relaxed', wanted 'simd': this engine has no fused relaxed SIMD",
      );
  }
  return { name: 'simd', kernels: await instantiate(decode(simd), memory) };
}
