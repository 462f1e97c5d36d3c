import { backend as currentBackend } from '@tensorflow/tfjs-core';

import type { KernelBuildName } from './builds.js';
import type { KernelContext } from './context.js';

/** Which kernels run: part of what decides the bits of a result. */
export interface KernelBuild {
  readonly name: KernelBuildName;
  readonly version: string;
}

interface Registration {
  readonly context: KernelContext;
  readonly build: KernelBuild;
}

/** The kernels belong to a backend's memory: a wasm backend that was removed and set up again has to be registered again. */
export const registrations = new WeakMap<object, Registration>();

/** The build that runs on the current backend; undefined where the kernels are not registered. */
export function kernelBuild(): KernelBuild | undefined {
  return registrations.get(currentBackend())?.build;
}

export function contextOf(backend: object, where: string): KernelContext {
  const registration = registrations.get(backend);
  if (!registration) {
    throw new Error(
      `${where}: backend, got one without training kernels, wanted wasm: await tf.setBackend('wasm'), then await registerTrainingKernels()`,
    );
  }
  return registration.context;
}

/** Says what to do where an op of this package is called without its kernels. */
export function requireKernels(where: string): void {
  contextOf(currentBackend(), where);
}
