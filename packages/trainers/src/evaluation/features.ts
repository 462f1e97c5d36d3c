import { gatherImages, tf, type Dataset, type Split, type Tensor } from '@jembench/core';
import { matrix, type Matrix } from '@jembench/eval';
import { imageTensor } from '../training/data.js';
import { forward, forwardPatches, type Networks } from '../training/networks.js';

/** What the networks make of the images of one split, in inference mode and without augmentation: `[N, ...]` each. */
export interface Features {
  readonly backbone: Matrix;
  /** The output of each head, by its name; of patches, the mean over them. */
  readonly heads: Readonly<Record<string, Matrix>>;
}

/** Images at once: the largest activations of `convnet` are then 33 MB. */
const batch = 256;

/** @param masked whether the heads work on patches, as those of a method that hides some do. */
export async function featuresOf(
  networks: Networks,
  dataset: Dataset,
  split: Split,
  masked: boolean,
): Promise<Features> {
  const parts = new Map<string, Float64Array>();
  for (let from = 0; from < split.count; from += batch) {
    const indices = Int32Array.from({ length: Math.min(batch, split.count - from) }, (_, i) => from + i);
    const images = gatherImages(dataset, split, indices);
    const outputs = tf.tidy(() => outputsOfImages(networks, imageTensor(images), masked));
    for (const [name, output] of Object.entries(outputs)) {
      const [, columns = 0] = output.shape;
      const all = parts.get(name) ?? new Float64Array(split.count * columns);
      all.set(await output.data(), from * columns);
      parts.set(name, all);
    }
    tf.dispose(outputs);
  }
  const matrices = [...parts].map(([name, data]): [string, Matrix] => [
    name,
    matrix(data, split.count, data.length / split.count),
  ]);
  const { features: backbone, ...heads } = Object.fromEntries(matrices);
  return { backbone, heads };
}

function outputsOfImages(networks: Networks, images: Tensor, masked: boolean): Record<string, Tensor> {
  if (!masked) return { ...forward(networks, [images], { joint: false })[0] };
  const [{ features }] = forward({ ...networks, heads: new Map() }, [images], { joint: false });
  const [height, width] = networks.encoder.patches?.grid ?? [0, 0];
  const { last } = forwardPatches(networks, images, tf.zeros([images.shape[0], height * width]));
  const name = [...networks.heads.keys()].at(-1);
  return name === undefined ? { features } : { features, [name]: tf.mean(last, 1) };
}
