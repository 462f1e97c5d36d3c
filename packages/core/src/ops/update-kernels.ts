import { adamwUpdate, kernelBuild, larsUpdate, sgdUpdate } from '@jembench/wasm-training';
import { tf } from '../tf.js';

/**
 * Steps of optimisers in one pass over a weight, where the composed forms take a dozen: `adamw`, `lars` (and its norms), `sgd`.
 *
 * They make new tensors and change nothing that goes in. The formulas are at `adamwUpdate`, `larsUpdate` and `sgdUpdate` of
 * `@jembench/wasm-training`; the optimisers themselves, with groups and checks, belong to `@jembench/trainers`.
 */
export interface UpdateKernels {
  readonly adamw: typeof adamwUpdate;
  readonly lars: typeof larsUpdate;
  readonly sgd: typeof sgdUpdate;
}

const wasm: UpdateKernels = { adamw: adamwUpdate, lars: larsUpdate, sgd: sgdUpdate };

/** Those of the current backend; undefined where it has none. */
export function updateKernels(): UpdateKernels | undefined {
  return tf.getBackend() === 'wasm' && kernelBuild() !== undefined ? wasm : undefined;
}
