import { kernelBuild } from '@jembench/wasm-training';
import { hasWebgpuKernels } from '../backends/webgpu-kernel.js';
import { BackendError, InputError } from '../errors.js';
import { tf } from '../tf.js';

/** How an op is computed: `composed` of tfjs ops, which every backend has, or by a kernel made for one backend. */
export type Implementation = 'composed' | 'wasm' | 'webgpu' | 'tensorflow';

export interface ImplementationOption {
  /** `auto` takes the backend's own kernel where the op has one. Default `auto`. */
  readonly implementation?: Implementation | 'auto';
}

/**
 * Resolves the `implementation` option of an op.
 *
 * @param fused the backends for which the op has a kernel of its own.
 * @throws InputError when the op has no such implementation; BackendError when it has, but another backend runs.
 */
export function chooseImplementation<Fused extends Implementation = never>(
  where: string,
  { implementation = 'auto' }: ImplementationOption,
  fused: readonly Fused[] = [],
): Fused | 'composed' {
  const backend = tf.getBackend();
  if (implementation === 'composed') return implementation;
  if (implementation === 'auto')
    return fused.find((candidate) => candidate === backend && hasKernels(candidate)) ?? 'composed';
  const own = fused.find((candidate) => candidate === implementation);
  if (own === undefined) {
    throw new InputError(
      `${where}: implementation, got "${implementation}", wanted one of ${['auto', 'composed', ...fused].join(', ')}`,
    );
  }
  if (own !== backend) {
    throw new BackendError(
      `${where}: implementation ${implementation}, got the ${backend} backend, wanted ${implementation}; call useBackend first`,
    );
  }
  if (!hasKernels(own)) {
    throw new BackendError(
      `${where}: implementation ${implementation}, got a backend without kernels; \`jembench doctor\` says why, \`composed\` works`,
    );
  }
  return own;
}

/** False on wasm in an engine that does not compile our kernels, and on a WebGPU backend that another door loaded. */
function hasKernels(implementation: Implementation): boolean {
  if (implementation === 'webgpu') return hasWebgpuKernels();
  return implementation !== 'wasm' || kernelBuild() !== undefined;
}
