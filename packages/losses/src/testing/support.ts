import { rootStream, tf, type Scalar, type Tensor, type Tensor2D } from '@jembench/core';

/** The backends that every loss is tested on. */
export const testedBackends = ['wasm', 'cpu'] as const;

export function value(x: Tensor): number {
  if (x.size !== 1) throw new Error(`value: got ${x.size} elements, wanted a scalar`);
  return x.dataSync()[0];
}

/** A seeded `[rows, columns]` batch of standard normal numbers times `scale`. */
export function normal(name: string, rows: number, columns: number, scale = 1): Tensor2D {
  const stream = rootStream(7).fork(name);
  return tf.tensor2d(
    Float32Array.from({ length: rows * columns }, () => scale * stream.normal()),
    [rows, columns],
  );
}

export function constantRows(rows: number, row: readonly number[]): Tensor2D {
  return tf.tensor2d(Array.from({ length: rows }, () => [...row]));
}

export function gradients(total: (...inputs: Tensor2D[]) => Scalar, inputs: readonly Tensor[]): Tensor[] {
  return tf.grads(total as (...inputs: Tensor[]) => Tensor)([...inputs]);
}

/**
 * How far the gradient is from finite differences: the largest difference of directional derivatives over the gradient's norm.
 *
 * Each of four seeded directions has unit length and runs through all inputs at once. The difference is the five-point formula, of error
 * h^4: with h = 0.02 and losses of size 1 both its truncation and the rounding of float32 stay near 1e-5.
 */
export function gradientError(
  total: (...inputs: Tensor2D[]) => Scalar,
  inputs: readonly Tensor[],
  step = 0.02,
): number {
  return tf.tidy(() => {
    const analytic = gradients(total, inputs);
    const norm = Math.sqrt(analytic.reduce((sum, gradient) => sum + value(tf.sum(tf.square(gradient))), 0));
    let worst = 0;
    for (let trial = 0; trial < 4; trial++) {
      const directions = directionsLike(inputs, trial);
      const at = (distance: number): number =>
        value(total(...inputs.map((x, i) => tf.add<Tensor2D>(x, tf.mul(directions[i], distance)))));
      const numeric = (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step);
      const derivative = analytic.reduce((sum, gradient, i) => sum + value(tf.sum(tf.mul(gradient, directions[i]))), 0);
      worst = Math.max(worst, Math.abs(numeric - derivative) / norm);
    }
    return worst;
  });
}

function directionsLike(inputs: readonly Tensor[], trial: number): Tensor[] {
  const stream = rootStream(11).fork(trial);
  const raw = inputs.map((x) => Float32Array.from({ length: x.size }, () => stream.normal()));
  const length = Math.sqrt(raw.reduce((sum, values) => sum + values.reduce((s, v) => s + v * v, 0), 0));
  return inputs.map((x, i) =>
    tf.tensor(
      raw[i].map((v) => v / length),
      x.shape,
    ),
  );
}

/** How many tensors `compute` leaves behind besides its result, which is freed. */
export function leaked(compute: () => unknown): number {
  const before = tf.memory().numTensors;
  tf.dispose(compute() as Tensor);
  return tf.memory().numTensors - before;
}
