import { stepUse, tf, type Backend, type NamedTensorMap, type Tensor2D } from '@jembench/core';
import type { OpenBenchmark, PeerTensor } from '@jembench/harness';

/** Values of one `[rows, columns]` input. */
export interface Matrix {
  readonly data: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/** The same for a peer. */
export const peerMatrix = ({ data, rows, columns }: Matrix): PeerTensor => ({ data, shape: [rows, columns] });

/**
 * A benchmark's body on the active backend: inputs become tensors once, every step computes fresh outputs, fences the last one and
 * disposes them all.
 */
export function tensorBody(
  backend: Backend,
  inputs: readonly Matrix[],
  compute: (...tensors: Tensor2D[]) => NamedTensorMap,
): OpenBenchmark {
  const tensors = inputs.map(({ data, rows, columns }) => tf.tensor2d(data, [rows, columns]));
  const fresh = (): NamedTensorMap => tf.tidy(() => compute(...tensors));
  return {
    async step() {
      const outputs = fresh();
      const all = Object.values(outputs);
      await backend.fence(all[all.length - 1]);
      tf.dispose(all);
    },
    async outputs() {
      const outputs = fresh();
      const read: Record<string, ArrayLike<number>> = {};
      for (const [name, tensor] of Object.entries(outputs)) read[name] = await tensor.data();
      tf.dispose(outputs);
      return read;
    },
    use: () =>
      stepUse(() => {
        tf.dispose(fresh());
      }),
    close() {
      tf.dispose(tensors);
    },
  };
}
