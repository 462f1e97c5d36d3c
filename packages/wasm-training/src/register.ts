import {
  backend as currentBackend,
  getBackend,
  getKernel,
  registerGradient,
  registerKernel,
  unregisterKernel,
  type KernelFunc,
  type TensorInfo,
} from '@tensorflow/tfjs-core';

import { loadKernels, type KernelBuildName } from './builds.js';
import { KernelContext, memoryOf, type ErrorClass, type WasmBackend } from './context.js';
import { version } from './generated/kernels.js';
import type { TrainingKernel } from './kernels/kernel.js';
import { trainingGradients, trainingKernels } from './kernels/table.js';
import { contextOf, registrations, type KernelBuild } from './registrations.js';

export interface TrainingKernelOptions {
  /** Forces a build; by default the fastest that runs here. */
  readonly build?: KernelBuildName;
  /** The class of what a kernel throws that finds no memory left; by default Error. */
  readonly memoryError?: ErrorClass;
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
  const { build: wantedBuild = known?.build.name, memoryError = known?.context.memoryError } = options;
  if (known && known.build.name === wantedBuild && known.context.memoryError === memoryError) return known.build;

  const backend = current as unknown as WasmBackend;
  const { name, kernels } = await loadKernels(memoryOf(backend), wantedBuild);
  const build = { name, version };
  registrations.set(current, { context: new KernelContext(backend, kernels, memoryError), build });
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
    kernelFunc({ inputs, attrs, backend }) {
      const context = contextOf(backend, name);
      const callStock = (): TensorInfo | TensorInfo[] => {
        if (!stock)
          throw new Error(
            `${name}: inputs, got types or options that neither tfjs's wasm backend nor wasm-training has a kernel for`,
          );
        return stock.kernelFunc({ inputs, attrs, backend });
      };
      return context.disposingOnError(() => kernel.run({ context, inputs, attrs: attrs ?? {}, stock: callStock }));
    },
  });
  replaced.add(name);
}
