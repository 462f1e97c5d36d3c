import { BackendError, InputError } from '../errors.js';
import type { Tensor } from '../tf.js';
import { registerGradients } from './gradients.js';
import { backendNames, backends, type BackendName } from './table.js';
import type { BackendDescription, BackendDescriptor, LoadOptions, Support } from './types.js';

/** The backend that tfjs now runs on. */
export interface Backend {
  readonly name: BackendName;
  readonly description: BackendDescription;
  /** Resolves once everything queued before it, `tensor` included, has been computed: call it inside whatever is timed. */
  fence(tensor: Tensor): Promise<void>;
  /** Resolves with what happened once a GPU's device or context is gone: results from then on mean nothing. Never, where none can be lost. */
  readonly lost: Promise<string>;
}

export interface BackendSupport extends Support {
  readonly name: BackendName;
}

/** What runs here, what does not and why, and what to do: one entry a backend, in the order of the table. */
export async function backendSupport(): Promise<BackendSupport[]> {
  const entries: BackendSupport[] = [];
  for (const name of backendNames) entries.push({ name, ...(await backends[name].support()) });
  return entries;
}

async function firstAvailable(): Promise<BackendName> {
  for (const name of backendNames) {
    if ((await backends[name].support()).available) return name;
  }
  throw new BackendError('useBackend: no backend runs here; `jembench doctor` says why for each');
}

function isBackendName(name: string): name is BackendName {
  return Object.hasOwn(backends, name);
}

/**
 * Loads a backend, makes it tfjs's current one and registers gradients: the first call of every program.
 *
 * It may be called again to switch; tensors made before stay usable (tfjs moves them).
 *
 * @param name a name of the table `backends`, or `auto`: the first in the table that runs here (wasm, where there is WebAssembly).
 * @throws InputError for a name that is not in the table.
 * @throws BackendError for a backend that is not there or does not initialise: never a silent fallback.
 */
export async function useBackend(name: BackendName | 'auto' = 'auto', options: LoadOptions = {}): Promise<Backend> {
  const chosen = name === 'auto' ? await firstAvailable() : name;
  if (!isBackendName(chosen)) {
    throw new InputError(
      `useBackend: unknown backend, got "${String(chosen)}", wanted one of ${backendNames.join(', ')}, auto`,
    );
  }
  const descriptor: BackendDescriptor = backends[chosen];
  const support = await descriptor.support();
  if (!support.available) {
    throw new BackendError(`useBackend: ${chosen} cannot run here: ${support.reason}; ${support.advice}`);
  }
  await registerGradients();
  await descriptor.load(options);
  return {
    name: chosen,
    description: descriptor.describe(),
    fence: (tensor) => descriptor.fence(tensor),
    lost: descriptor.lost?.() ?? new Promise(() => undefined),
  };
}
