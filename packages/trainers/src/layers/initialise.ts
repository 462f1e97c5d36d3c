import { tf, type Stream } from '@jembench/core';
import type { LayersModel, tfl } from './tfl.js';

/**
 * Draws the weights of a fresh network from a named stream, as torch does by default.
 *
 * - Kernels (dense and convolution) and their biases: uniform in +-1/sqrt(fan-in), torch's Kaiming uniform with a = sqrt(5).
 * - Embeddings and tokens: uniform with the standard deviation 0.02 of a transformer's truncated normal. Uniform, because a normal needs
 *   a logarithm, and no transcendental function of the engine may decide a weight.
 * - Scales and offsets of norms and their statistics: 1 and 0, as the layers were built.
 *
 * Each weight has a stream of its own, `stream/LAYER/WEIGHT`: adding a layer does not change the others. tfjs's initialisers are not
 * used at all: they ignore seed 0 and fall back to the engine's own random numbers.
 */
export function initialise(model: LayersModel, stream: Stream): void {
  for (const layer of model.layers) {
    for (const variable of layer.weights) {
      const bound = uniformBound(layer, variable);
      if (bound === undefined) continue;
      const name = basename(variable);
      const values = uniform(variable.shape as number[], bound, stream.fork(layer.name).fork(name));
      variable.write(values);
      values.dispose();
    }
  }
}

const embeddingDeviation = 0.02;

function uniformBound(layer: tfl.layers.Layer, variable: tfl.LayerVariable): number | undefined {
  const name = basename(variable);
  if (name.endsWith('embedding') || name.endsWith('token')) return embeddingDeviation * Math.sqrt(3);
  if (!name.endsWith('kernel') && !name.endsWith('bias')) return undefined;
  const kernel = layer.weights.find((other) => basename(other) === name.replace('bias', 'kernel'));
  const fanIn = (kernel?.shape ?? []).slice(0, -1).reduce<number>((product, size) => product * (size ?? 1), 1);
  return 1 / Math.sqrt(fanIn);
}

function basename(variable: tfl.LayerVariable): string {
  return variable.originalName.split('/').at(-1) ?? '';
}

function uniform(shape: number[], bound: number, stream: Stream): tf.Tensor {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  for (let i = 0; i < values.length; i++) values[i] = (2 * stream.uniform() - 1) * bound;
  return tf.tensor(values, shape);
}
