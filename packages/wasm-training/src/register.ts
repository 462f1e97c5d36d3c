import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  backend as currentBackend,
  getBackend,
  getKernel,
  registerKernel,
  unregisterKernel,
  type KernelBackend,
} from '@tensorflow/tfjs-core';

import { loadKernels, type KernelBuildName } from './builds.js';
import { KernelContext, memoryOf } from './context.js';
import { version } from './generated/kernels.js';
import { trainingKernels } from './kernels/table.js';
import type { StockKernel, TrainingKernel } from './kernels/kernel.js';

export interface TrainingKernelOptions {
  /** Forces a build; by default the fastest that runs here. */
  readonly build?: KernelBuildName;
}

/** Which kernels run: part of what decides the bits of a result. */
export interface KernelBuild {
  readonly name: KernelBuildName;
  readonly version: string;
}

interface Registration {
  readonly context: KernelContext;
  readonly build: KernelBuild;
}

const registrations = new WeakMap<KernelBackend, Registration>();
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
  const backend = currentBackend() as BackendWasm;
  const known = registrations.get(backend);
  if (known && (options.build === undefined || options.build === known.build.name)) return known.build;

  const { name, kernels } = await loadKernels(memoryOf(backend), options.build);
  const build = { name, version };
  registrations.set(backend, { context: new KernelContext(backend, kernels), build });
  for (const kernel of trainingKernels) put(kernel);
  return build;
}

/** The build that runs on a backend; undefined where the kernels are not registered. */
export function kernelBuild(): KernelBuild | undefined {
  return registrations.get(currentBackend())?.build;
}

/** The kernels of the current backend. */
export function currentContext(where: string): KernelContext {
  return contextOf(currentBackend(), where);
}

function contextOf(backend: KernelBackend, where: string): KernelContext {
  const registration = registrations.get(backend);
  if (!registration) {
    throw new Error(
      `${where}: backend, got one without training kernels, wanted wasm: await tf.setBackend('wasm'), then await registerTrainingKernels()`,
    );
  }
  return registration.context;
}

function put({ name, run }: TrainingKernel): void {
  if (replaced.has(name)) return;
  const existing = getKernel(name, 'wasm') as { kernelFunc: StockKernel } | undefined;
  if (existing) unregisterKernel(name, 'wasm');
  registerKernel({
    kernelName: name,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) =>
      run({
        context: contextOf(backend as KernelBackend, name),
        inputs,
        attrs: attrs ?? {},
        stock: () => {
          if (!existing?.kernelFunc)
            throw new Error(
              `${name}: inputs, got types or options that neither tfjs's wasm backend nor wasm-training has a kernel for`,
            );
          return existing.kernelFunc({ inputs, attrs, backend });
        },
      }),
  });
  replaced.add(name);
}
