import type { Tensor } from '@jembench/core';
import type { LayersModel, SymbolicTensor, tfl } from './tfl.js';

/** A layer put behind a symbolic tensor while a model is wired up. */
export function wire(layer: tfl.layers.Layer, input: SymbolicTensor | SymbolicTensor[]): SymbolicTensor {
  return layer.apply(input) as SymbolicTensor;
}

/** The mean and variance of one batch in one batch normalisation, kept until the running statistics have taken them in. */
export interface BatchStatistics {
  readonly layer: tfl.layers.Layer;
  readonly mean: Tensor;
  /** Biased, as it normalised the batch. */
  readonly variance: Tensor;
  /** Values behind each mean: N, or N * H * W. */
  readonly count: number;
}

/**
 * The outputs of a model, one for each of its outputs.
 *
 * @param statistics where a training-mode pass leaves what its batch normalisations saw; without it the model runs in inference mode,
 *   on its running statistics. Nothing else tells the two modes apart.
 */
export function outputsOf(model: LayersModel, inputs: Tensor | Tensor[], statistics?: BatchStatistics[]): Tensor[] {
  const output = model.apply(inputs, statistics === undefined ? {} : { training: true, statistics });
  return (Array.isArray(output) ? output : [output]) as Tensor[];
}
