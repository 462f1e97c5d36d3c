import { InputError, tf } from '@jembench/core';
import { L2Normalise, WeightNormalised } from './heads.js';
import { tfl, type LayersModel } from './tfl.js';
import { MaskPixels, MaskToken } from './mask.js';
import { PositionEmbedding, SelfAttention } from './transformer.js';

/**
 * Makes the layers that tfjs does not have known to it, so that `tf.loadLayersModel` reads files with a transformer or a normalised
 * head. Files of `convnet` and `resnet18` need nothing but tfjs. Calling it again changes nothing.
 */
export function registerLayers(): void {
  for (const layer of [PositionEmbedding, MaskPixels, MaskToken, SelfAttention, L2Normalise, WeightNormalised]) {
    tf.serialization.registerClass(layer);
  }
}

/**
 * A network from a file in tfjs's layers format.
 *
 * @param file whatever yields the model: `tf.io.fromMemory(artifacts)`, or a handler of the host's.
 * @throws InputError when it is not such a model.
 */
export async function loadNetwork(file: tf.io.IOHandler): Promise<LayersModel> {
  registerLayers();
  try {
    return await tfl.loadLayersModel(file);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new InputError(
      `encoder file: not a model of tfjs's layers format: ${cause}; wanted what LayersModel.save() writes (model.json with its weights)`,
      { cause: error },
    );
  }
}

/** The network as tfjs would save it: topology and weights in memory, to be written by the host. */
export async function modelArtifacts(model: LayersModel): Promise<tf.io.ModelArtifacts> {
  let artifacts: tf.io.ModelArtifacts | undefined;
  const keep: tf.io.IOHandler = {
    save: (saved) => {
      artifacts = saved;
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
    },
  };
  await model.save(keep);
  if (artifacts === undefined) throw new InputError('modelArtifacts: tfjs saved nothing');
  return artifacts;
}
