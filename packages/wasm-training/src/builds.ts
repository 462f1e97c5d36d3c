import { relaxed, simd, type KernelExports } from './generated/kernels.js';
import { platform, type WasmMemory } from './platform.js';
import { withSharedMemory } from './shared-memory.js';

/** `relaxed`: fused multiply-add, up to twice as fast by processor; `simd`: every product rounded. Their results differ in the last bits. */
export type KernelBuildName = 'relaxed' | 'simd';

/**
 * Node 20 compiles relaxed SIMD only behind a flag. It is asked for through `process.getBuiltinModule`, which bundlers do not see and browsers
 * do not have.
 */
function allowRelaxedSimd(): void {
  platform.process?.getBuiltinModule?.('node:v8')?.setFlagsFromString('--experimental-wasm-relaxed-simd');
}

function decode(base64: string): Uint8Array {
  return Uint8Array.from(platform.atob(base64), (character) => character.charCodeAt(0));
}

async function instantiate(bytes: Uint8Array, memory: WasmMemory): Promise<KernelExports> {
  const isShared = Object.prototype.toString.call(memory.buffer) === '[object SharedArrayBuffer]';
  const module = await platform.WebAssembly.compile(isShared ? withSharedMemory(bytes) : bytes);
  return new platform.WebAssembly.Instance(module, { env: { memory } }).exports as KernelExports;
}

/** (1 + 2^-12)^2 - 1 - 2^-11 is 2^-24 when the product is not rounded, 0 when it is. */
function isFused(kernels: KernelExports): boolean {
  return kernels.fused(1 + 2 ** -12, 1 + 2 ** -12, -(1 + 2 ** -11)) === 1;
}

/** The kernels of a build, or why they do not run here. */
async function attempt(name: KernelBuildName, memory: WasmMemory): Promise<KernelExports | Error> {
  const bytes = decode(name === 'relaxed' ? relaxed : simd);
  try {
    if (name === 'relaxed') {
      if (!platform.WebAssembly.validate(bytes)) allowRelaxedSimd();
      if (!platform.WebAssembly.validate(bytes)) return new Error('this engine has no relaxed SIMD');
    }
    const kernels = await instantiate(bytes, memory);
    return name === 'simd' || isFused(kernels) ? kernels : new Error('this engine does not fuse relaxed SIMD');
  } catch (error) {
    return error as Error;
  }
}

/**
 * Compiles the fastest build that this engine and processor run: `relaxed` where it validates and is seen to fuse (an engine may also round
 * the product, and then its results would differ from those of other machines), else `simd`.
 *
 * @throws Error with the reason of each build that was tried, when none compiles, or not the wanted one.
 */
export async function loadKernels(
  memory: WasmMemory,
  wanted?: KernelBuildName,
): Promise<{ name: KernelBuildName; kernels: KernelExports }> {
  const reasons: string[] = [];
  for (const name of wanted ? [wanted] : (['relaxed', 'simd'] as const)) {
    const kernels = await attempt(name, memory);
    if (!(kernels instanceof Error)) return { name, kernels };
    reasons.push(`${name}: ${kernels.message}`);
  }
  const which = wanted ? `the ${wanted} build does not run here` : 'no build of the kernels compiles here';
  throw new Error(`registerTrainingKernels: ${which}: ${reasons.join('; ')}`);
}
