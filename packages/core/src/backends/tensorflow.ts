import type { KernelBackend } from '@tensorflow/tfjs-core';
import { BackendError } from '../errors.js';
import { tf, type Tensor } from '../tf.js';
import { activate } from './activate.js';
import type { BackendDescriptor, Support } from './types.js';

/** Native TensorFlow, loaded. */
export interface TensorflowRuntime {
  readonly backend: KernelBackend;
  /** TensorFlow's own version, as the library says it. */
  readonly version: string;
  /** Of the package that binds it. */
  readonly tfjsNode: string;
  readonly device: 'CPU' | 'GPU';
  /** The GPU as its driver names it. */
  readonly adapter?: string;
  readonly driver?: string;
  readonly threads: number;
  /** The settings of the library that bear on results or speed. */
  readonly flags: Readonly<Record<string, boolean | number | string>>;
}

/** Where native TensorFlow comes from: the core knows no files. */
export interface TensorflowProvider {
  support(): Support;
  /** Loads it on this copy of tfjs-core, kernels registered. @throws BackendError where it does not load, or lacks the GPU it was set up for. */
  open(core: typeof tf): TensorflowRuntime;
}

let provider: TensorflowProvider | undefined;
let loaded: TensorflowRuntime | undefined;

/** Tells the core where native TensorFlow is: once, before `useBackend('tensorflow')`. `jembench` does. */
export function provideTensorflow(given: TensorflowProvider): void {
  provider = given;
}

const none: Support = {
  available: false,
  reason: 'native TensorFlow is not in this runtime: it is set up on a machine and runs in Node',
  advice: 'use wasm, or in Node `jembench setup tensorflow` and the jembench command',
};

/** Native TensorFlow through tfjs-node, on the processor with oneDNN or on an NVIDIA GPU. Node, where it was set up. */
export const tensorflow: BackendDescriptor = {
  support: () => Promise.resolve(provider?.support() ?? none),
  async load() {
    if (provider === undefined) throw new BackendError(`tensorflow: ${none.reason}; ${none.advice}`);
    if (loaded === undefined) {
      const runtime = provider.open(tf);
      tf.registerBackend('tensorflow', () => runtime.backend);
      loaded = runtime;
    }
    await activate('tensorflow');
  },
  /** On the processor a kernel has computed when its call returns; a GPU's queue is waited for by reading the first element. */
  async fence(tensor) {
    if (theLoaded().device === 'CPU') return;
    const first = tf.tidy(() => tf.slice(tf.reshape(tensor, [tensor.size]), [0], [1]));
    await first.data();
    first.dispose();
  },
  describe() {
    const { version, tfjsNode, device, adapter, driver, threads, flags } = theLoaded();
    return {
      name: 'tensorflow',
      tfjs: tf.version_core,
      build: `tensorflow-${device.toLowerCase()}@${version}+tfjs-node@${tfjsNode}`,
      threads,
      flags: { ...flags, TF_VERSION: version, TF_DEVICES: device },
      software: device === 'CPU',
      ...(adapter !== undefined && { adapter }),
      ...(driver !== undefined && { driver }),
    };
  },
};

function theLoaded(): TensorflowRuntime {
  if (loaded === undefined) throw new BackendError('tensorflow: used before it was loaded; call useBackend first');
  return loaded;
}

/** TensorFlow's operations by name, beside those that tfjs has kernels for. */
export interface EagerBackend {
  readonly binding: Readonly<
    Record<'TF_ATTR_TYPE' | 'TF_ATTR_FLOAT' | 'TF_ATTR_STRING' | 'TF_ATTR_BOOL' | 'TF_FLOAT', number>
  >;
  executeMultipleOutputs(
    name: string,
    attributes: readonly { name: string; type: number; value: number | string | boolean }[],
    inputs: readonly Tensor[],
    outputs: number,
  ): Tensor[];
}
