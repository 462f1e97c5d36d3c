import { InputError, tf, type Tensor } from '@jembench/core';
import type { BatchStatistics } from './apply.js';
import type { LayersModel, tfl } from './tfl.js';

/** One weight of a network under a name that is the same in every process: `projector/fc1/kernel`. */
export interface NamedWeight {
  readonly name: string;
  readonly variable: tf.Variable;
  readonly trainable: boolean;
}

/**
 * The weights of a model, in the order of its layers: each layer's trainable ones, then its statistics.
 *
 * tfjs counts up the names of its variables over the whole process; these names do not depend on what was built before.
 */
export function namedWeights(network: string, model: LayersModel): NamedWeight[] {
  return model.layers.flatMap((layer) =>
    layer.weights.map((variable) => ({
      name: `${network}/${ownName(layer, variable.originalName)}`,
      variable: variableBehind(variable),
      trainable: layer.trainable && variable.trainable,
    })),
  );
}

function variableBehind(weight: tfl.LayerVariable): tf.Variable {
  const value: Tensor = weight.read();
  if (isVariable(value)) return value;
  throw new InputError(`weight ${weight.name}: not a variable of this tfjs; load one copy of it`);
}

function isVariable(value: Tensor): value is tf.Variable {
  return value instanceof tf.Variable;
}

function ownName(layer: tfl.layers.Layer, originalName: string): string {
  // A nested model's weights carry the names of its own layers.
  return 'layers' in layer ? `${layer.name}/${originalName}` : `${layer.name}/${originalName.split('/').at(-1) ?? ''}`;
}

/** The layer's weight of that name (`kernel`, `gamma`, ...); undefined where it was built without. */
export function variableOf(layer: tfl.layers.Layer, name: string): tfl.LayerVariable | undefined {
  return layer.weights.find(({ originalName }) => originalName.endsWith(`/${name}`));
}

/**
 * Takes the statistics of a training step into the running ones, in the order of the passes, and disposes them.
 *
 *     running = momentum * running + (1 - momentum) * batch
 *
 * The variance that enters is the unbiased one, as in torch; that which normalised the batch is the biased one.
 */
export function absorbStatistics(statistics: BatchStatistics[]): void {
  for (const { layer, mean, variance, count } of statistics.splice(0)) {
    const { momentum } = layer.getConfig() as { momentum: number };
    tf.tidy(() => {
      const unbiased = tf.mul(variance, count / (count - 1));
      move(variableOf(layer, 'moving_mean'), mean, momentum);
      move(variableOf(layer, 'moving_variance'), unbiased, momentum);
    });
    tf.dispose([mean, variance]);
  }
}

function move(running: tfl.LayerVariable | undefined, batch: Tensor, momentum: number): void {
  running?.write(tf.add(tf.mul(running.read(), momentum), tf.mul(batch, 1 - momentum)));
}

/** Drops the statistics of a step that does not count (a diverged one). */
export function dropStatistics(statistics: BatchStatistics[]): void {
  for (const { mean, variance } of statistics.splice(0)) tf.dispose([mean, variance]);
}
