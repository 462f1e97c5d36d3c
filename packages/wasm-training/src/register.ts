import {
  backend as currentBackend,
  getBackend,
  getKernel,
  registerGradient,
  registerKernel,
  unregisterKernel,
  type KernelFunc,
} from '@tensorflow/tfjs-core';

import { loadKernels, type KernelBuildName } from './builds.js';
import { KernelContext, memoryOf, type WasmBackend } from './context.js';
import { version } from './generated/kernels.js';
import type { TrainingKernel } from './kernels/kernel.js';
import { trainingGradients, trainingKernels } from './kernels/table.js';
import { contextOf, registrations, type KernelBuild } from './registrations.js';

export interface TrainingKernelOptions {
  /** Forces a build; by default the fastest that runs here. */
  readonly build?: KernelBuildName;
}

const replaced = new Set<string>();

/**
 * Replaces or adds tfjs's wasm kernels that training needs. Call it once after `await tf.setBackend('wasm')`; a second call with the same
 * options changes nothing, one with another `build` switches.
 *
 * @throws Error when the current backend is not wasm, or when the wanted build does not run here.
 */
export async function registerTrainingKernels(options: TrainingKernelOptions = {}): Promise<KernelBuild> {
  if (getBackend() !== 'wasm') {
    throw new Error(
      `registerTrainingKernels: backend, got '${getBackend()}', wanted 'wasm': await tf.setBackend('wasm') first`,
    );
  }
  const current = currentBackend();
  const known = registrations.get(current);
  if (known && (options.build === undefined || options.build === known.build.name)) return known.build;

  const backend = current as unknown as WasmBackend;
  const { name, kernels } = await loadKernels(memoryOf(backend), options.build);
  const build = { name, version };
  registrations.set(current, { context: new KernelContext(backend, kernels), build });
  if (replaced.size === 0) {
    trainingKernels.forEach(put);
    trainingGradients.forEach(registerGradient);
  }
  return build;
}

function put(kernel: TrainingKernel): void {
  const { name } = kernel;
  const stock = getKernel(name, 'wasm') as { kernelFunc: KernelFunc } | undefined;
  if (stock) unregisterKernel(name, 'wasm');
  registerKernel({
    kernelName: name,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) =>
      kernel.run({
        context: contextOf(backend, name),
        inputs,
        attrs: attrs ?? {},
        stock: () => {
          if (!stock)
            throw new Error(
              `${name}: inputs, got types or options that neither tfjs's wasm backend nor wasm-training has a kernel for`,
            );
          return stock.kernelFunc({ inputs, attrs, backend });
        },
      }),
  });
  replaced.add(name);
}
