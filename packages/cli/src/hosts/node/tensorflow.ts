import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import util from 'node:util';
import { BackendError, provideTensorflow, type TensorflowProvider, type TensorflowRuntime } from '@jembench/core';
import { errorLine } from '../../error-line.js';
import { bindingFile, currentInstallation, type Installation } from '../../setup/installation.js';
import type { Variant } from '../../setup/recipe.js';
import { provideWebgpu } from './webgpu.js';

interface Binding {
  readonly TF_Version: string;
  isUsingGpuDevice(): boolean;
}

/** Where the copy of tfjs-core that runs is left for tfjs-node to find (the set-up wrote the other end). */
const door = Symbol.for('jembench.tfjs');

export const howToSetUp = '`jembench setup tensorflow` (275 MB and a C++ compiler)';

/** Tells the core of the native TensorFlow that this user has set up: this process's own, or another that was loaded. */
export function provideNodeBackends(provide: typeof provideTensorflow = provideTensorflow): void {
  provide(provider);
  provideWebgpu();
}

const provider: TensorflowProvider = {
  support() {
    const found = currentInstallation();
    return found === null
      ? { available: false, reason: 'native TensorFlow is not set up', advice: `use wasm, or ${howToSetUp}` }
      : { available: true, reason: `TensorFlow ${found.version} (${found.variant}) in ${found.folder}`, advice: '' };
  },
  open(core) {
    const found = currentInstallation();
    if (found === null) throw new BackendError(`tensorflow: got none, wanted one that is set up; ${howToSetUp}`);
    return opened(found, core);
  },
};

function opened({ folder, variant, tfjsNode }: Installation, core: unknown): TensorflowRuntime {
  // The library greets on stderr at lower levels; a GPU that is missing is found below.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  // CUDA would round the factors of products to 10 bits: float32 is asked for, as everywhere.
  if (variant === 'gpu') process.env.NVIDIA_TF32_OVERRIDE ??= '0';
  const require = createRequire(join(folder, 'tfjs-node', 'package.json'));
  Object.assign(globalThis, { [door]: core });
  // tfjs-node 4.22 calls what Node 22 warns of and Node 23 took away.
  Object.assign(util, { isNullOrUndefined: (value: unknown) => value == null, isArray: Array.isArray });
  try {
    const binding = require(join(folder, bindingFile)) as Binding;
    const { NodeJSKernelBackend } = require('./dist/nodejs_kernel_backend.js') as {
      NodeJSKernelBackend: new (binding: Binding, name: string) => TensorflowRuntime['backend'];
    };
    require('./dist/register_all_kernels.js');
    const device = usedDevice(binding, variant);
    return {
      backend: new NodeJSKernelBackend(
        binding,
        variant === 'gpu' ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node',
      ),
      version: binding.TF_Version,
      tfjsNode,
      device,
      ...(device === 'GPU' && nvidia()),
      threads: Number(process.env.TF_NUM_INTRAOP_THREADS ?? 0) || availableParallelism(),
      flags: {
        // On where it is not switched off, as TensorFlow has it on x86 processors.
        TF_ENABLE_ONEDNN_OPTS: process.env.TF_ENABLE_ONEDNN_OPTS ?? 'default',
        TF_CPP_MIN_LOG_LEVEL: process.env.TF_CPP_MIN_LOG_LEVEL,
        ...(variant === 'gpu' && { NVIDIA_TF32_OVERRIDE: process.env.NVIDIA_TF32_OVERRIDE ?? '' }),
      },
    };
  } catch (error) {
    if (error instanceof BackendError) throw error;
    throw new BackendError(
      `tensorflow: ${folder}, got "${errorLine(error)}", wanted a set-up that loads; \`jembench setup tensorflow --remove\`, then set it up again`,
      { cause: error },
    );
  }
}

/** What TensorFlow computes on. @throws BackendError where it was set up for a GPU and fell back to the processor. */
export function usedDevice(binding: Pick<Binding, 'isUsingGpuDevice'>, variant: Variant): 'CPU' | 'GPU' {
  if (binding.isUsingGpuDevice()) return 'GPU';
  if (variant === 'cpu') return 'CPU';
  throw new BackendError(
    'tensorflow: devices, got the processor alone, wanted the GPU that it was set up for; nvidia-smi shows whether the driver runs (TF_CPP_MIN_LOG_LEVEL=0 says what TensorFlow misses), `jembench setup tensorflow --cpu` takes the processor',
  );
}

/** The GPU and its driver in their own words. */
function nvidia(): { adapter?: string; driver?: string } {
  const args = ['--query-gpu=name,driver_version', '--format=csv,noheader'];
  const { status, stdout } = spawnSync('nvidia-smi', args, { encoding: 'utf8', timeout: 10_000 });
  if (status !== 0) return {};
  const [adapter, driver] = stdout.split('\n')[0].split(', ');
  return { adapter, driver };
}
