import { ShapeError, checkNumber, checkShapes, layerNorm, stopGradient, tf, type Tensor3D } from '@jembench/core';
import { listed } from './checks.js';

export interface Data2vecTargetOptions {
  /** How many of the last layers are averaged: 8 in the official code, 6 in the first version's recipe. */
  readonly topK: number;
  /** Layer norm of every layer's output before the mean. */
  readonly normaliseLayers: boolean;
  /** Layer norm of the mean. */
  readonly normaliseTargets: boolean;
  readonly eps: number;
}

/**
 * Data2Vec's target: the mean of the teacher's last blocks, layer-normed over C without gain or bias. A constant.
 *
 * Without any of the norms the target's scale is free and the training tends to collapse; METHODS.md and the recipes norm the mean.
 *
 * @param layers `[B, T, C]` each: the outputs of the teacher's blocks, first block first, class token removed. The teacher sees the
 *   whole image, not the masked one.
 * @throws InputError for more layers than there are; ShapeError "data2vecTargets: layers[1] has C=4, wanted C=8 as in layers[0]".
 * @see Baevski et al., arXiv:2202.03555; facebookresearch/fairseq@3d262bb examples/data2vec/models/data2vec_vision.py
 */
export function data2vecTargets(
  layers: readonly Tensor3D[],
  {
    topK = Math.min(8, layers.length),
    normaliseLayers = false,
    normaliseTargets = true,
    eps = 1e-5,
  }: Partial<Data2vecTargetOptions> = {},
): Tensor3D {
  if (layers.length === 0) throw new ShapeError('data2vecTargets: layers, got none, wanted the outputs of the blocks');
  checkNumber('data2vecTargets', 'topK', topK, { from: 1, to: layers.length, integer: true });
  checkNumber('data2vecTargets', 'eps', eps, { above: 0 });
  checkShapes('data2vecTargets', listed('layers', layers, 'B T C'));
  return tf.tidy(() => {
    const norm = (x: Tensor3D): Tensor3D => layerNorm(x, undefined, undefined, { eps });
    const last = layers.slice(-topK).map((layer) => (normaliseLayers ? norm(layer) : layer));
    const mean = tf.div<Tensor3D>(tf.addN(last), topK);
    return stopGradient(normaliseTargets ? norm(mean) : mean);
  });
}
