import { InputError, ShapeError, type tf } from '@jembench/core';
import { wire } from '../layers/apply.js';
import { loadNetwork } from '../layers/files.js';
import { tfl, type LayersModel } from '../layers/tfl.js';
import type { Encoder, EncoderSource, ImageShape } from './encoder.js';

/**
 * A user's own network as the encoder, with the weights of its file.
 *
 * It takes images `[N, height, width, channels]` in [0, 1] and gives features `[N, F]`, or maps `[N, h, w, F]`, which are averaged over
 * positions. Layers marked as not trainable stay as they are.
 *
 * @param name what results call it, for instance the name of the file.
 * @param file a handler that can be read more than once: a teacher is a second copy.
 * @throws InputError for a file that is no layers model, or one with several inputs or outputs; ShapeError, at build, for a model of
 *   other images than the data set's.
 */
export function encoderFile(name: string, file: tf.io.IOHandler): EncoderSource {
  return {
    name,
    anySize: false,
    hasPatches: false,
    initialised: false,
    build: async (shape) => fitted(name, await loadNetwork(file), shape),
  };
}

function fitted(name: string, model: LayersModel, shape: ImageShape): Encoder {
  if (model.inputs.length !== 1 || model.outputs.length !== 1) {
    throw new InputError(
      `encoder ${name}: got ${model.inputs.length} inputs and ${model.outputs.length} outputs, wanted one of each: images in, features out`,
    );
  }
  const [input] = model.inputs;
  const [output] = model.outputs;
  const wanted = [null, shape.height, shape.width, shape.channels];
  const fits =
    input.shape.length === 4 &&
    input.shape.every((size, i) => size === null || wanted[i] === null || size === wanted[i]);
  if (!fits) {
    throw new ShapeError(
      `encoder ${name}: takes ${describe(input.shape)}, wanted images of ${describe(wanted)}; choose a data set of its size or another encoder`,
    );
  }
  const features = output.shape.at(-1);
  if ((output.shape.length !== 2 && output.shape.length !== 4) || features === null || features === undefined) {
    throw new ShapeError(
      `encoder ${name}: gives ${describe(output.shape)}, wanted features [N, F] or maps [N, h, w, F]; cut the model before its classifier`,
    );
  }
  const anySize = input.shape[1] === null && input.shape[2] === null;
  if (output.shape.length === 2) return { model, features, anySize };
  const pooled = wire(tfl.layers.globalAveragePooling2d({ name: 'features' }), output);
  return { model: tfl.model({ inputs: input, outputs: pooled, name: `${model.name}_pooled` }), features, anySize };
}

function describe(shape: readonly (number | null)[]): string {
  return `[${shape.map((size) => size ?? 'any').join(', ')}]`;
}
