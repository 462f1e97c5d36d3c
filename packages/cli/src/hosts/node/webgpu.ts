import { createRequire } from 'node:module';
import { webgpuLibrary } from '../../setup/webgpu.js';

/** What Dawn's module of Node gives: the way to its GPUs, and the names that WebGPU puts beside them (`GPUBufferUsage`, ...). */
interface Dawn {
  create(options: readonly string[]): object;
  readonly globals: object;
}

/**
 * Gives this process `navigator.gpu`, as browsers have it, from the Dawn that this user has set up; nothing where it is not.
 *
 * It is loaded when somebody looks: most commands never do.
 */
export function provideWebgpu(): void {
  const library = webgpuLibrary();
  const owner = globalThis as { navigator?: { gpu?: object } };
  owner.navigator ??= {}; // Node 20 has none
  if (library === null || 'gpu' in owner.navigator) return;
  let gpu: object | undefined;
  Object.defineProperty(owner.navigator, 'gpu', {
    configurable: true,
    enumerable: true,
    get() {
      gpu ??= opened(library);
      return gpu;
    },
  });
}

function opened(library: string): object {
  const dawn = createRequire(import.meta.url)(library) as Dawn;
  Object.assign(globalThis, dawn.globals);
  return dawn.create([]);
}
