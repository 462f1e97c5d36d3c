import { ShapeError } from '@jembench/core';
import { wire } from '../layers/apply.js';
import { registerLayers } from '../layers/files.js';
import { tfl, type SymbolicTensor } from '../layers/tfl.js';
import { MaskToken } from '../layers/mask.js';
import { PositionEmbedding, SelfAttention } from '../layers/transformer.js';
import type { Encoder, ImageShape } from './encoder.js';
import { rescaled } from './rescaled.js';

export interface VitOptions {
  /** Side of a patch, in pixels; divides the sides of the image. */
  readonly patch: number;
  readonly width: number;
  /** Divides the width. */
  readonly heads: number;
  readonly blocks: number;
  /** Hidden width of the feed-forward part over the width. */
  readonly ratio: number;
}

/** A tenth of ViT-Tiny: what two cores train in minutes. */
export const vitDefaults: VitOptions = { patch: 4, width: 128, heads: 4, blocks: 4, ratio: 2 };

/**
 * A vision transformer, norms first, learned positions, features the average of the normalised patch outputs.
 *
 * @throws ShapeError when the image does not divide into patches.
 * @see Dosovitskiy et al., arXiv:2010.11929
 */
export function vit(
  { height, width: across, channels }: ImageShape,
  options: VitOptions = vitDefaults,
): Promise<Encoder> {
  const { patch, width, blocks } = options;
  if (height % patch !== 0 || across % patch !== 0) {
    throw new ShapeError(
      `vit: image of ${height}x${across} pixels, wanted sides that are multiples of the patch, ${patch}; resize the data set or use convnet`,
    );
  }
  registerLayers();
  const grid = [height / patch, across / patch] as const;
  const images = tfl.input({ shape: [height, across, channels], name: 'images' });
  const mask = tfl.input({ shape: [grid[0] * grid[1]], name: 'mask' });

  const embedded = patches(images, options, grid[0] * grid[1]);
  const positions = new PositionEmbedding({ name: 'positions' });
  const layers = Array.from({ length: blocks }, (_, i) => block(`block${i + 1}`, options));
  const through = (x: SymbolicTensor): SymbolicTensor[] => {
    const outputs: SymbolicTensor[] = [];
    for (const layer of layers) outputs.push((x = layer(x)));
    return outputs;
  };

  const last = through(wire(positions, embedded))[blocks - 1];
  const normalised = wire(tfl.layers.layerNormalization({ name: 'norm', epsilon: 1e-6 }), last);
  const features = wire(tfl.layers.globalAveragePooling1d({ name: 'features' }), normalised);
  const hidden = wire(new MaskToken({ name: 'mask_token' }), [embedded, mask]);

  return Promise.resolve({
    model: tfl.model({ inputs: images, outputs: features, name: 'vit' }),
    features: width,
    anySize: false,
    patches: {
      grid,
      width,
      local: false,
      model: tfl.model({ inputs: [images, mask], outputs: through(wire(positions, hidden)), name: 'vit_patches' }),
    },
  });
}

function patches(images: SymbolicTensor, { patch, width }: VitOptions, count: number): SymbolicTensor {
  const convolved = wire(
    tfl.layers.conv2d({
      name: 'patch_conv',
      filters: width,
      kernelSize: patch,
      strides: patch,
      kernelInitializer: 'zeros',
    }),
    rescaled(images),
  );
  return wire(tfl.layers.reshape({ name: 'patches', targetShape: [count, width] }), convolved);
}

/** The layers of one block, made once, wired wherever it is called. */
function block(name: string, { width, heads, ratio }: VitOptions): (x: SymbolicTensor) => SymbolicTensor {
  const norm1 = tfl.layers.layerNormalization({ name: `${name}_norm1`, epsilon: 1e-6 });
  const attention = new SelfAttention({ name: `${name}_attention`, heads });
  const add1 = tfl.layers.add({ name: `${name}_add1` });
  const norm2 = tfl.layers.layerNormalization({ name: `${name}_norm2`, epsilon: 1e-6 });
  const fc1 = tfl.layers.dense({ name: `${name}_fc1`, units: width * ratio, kernelInitializer: 'zeros' });
  const gelu = tfl.layers.activation({ name: `${name}_gelu`, activation: 'gelu' });
  const fc2 = tfl.layers.dense({ name: `${name}_fc2`, units: width, kernelInitializer: 'zeros' });
  const add2 = tfl.layers.add({ name: `${name}_add2` });
  return (x) => {
    const attended = wire(add1, [x, wire(attention, wire(norm1, x))]);
    return wire(add2, [attended, wire(fc2, wire(gelu, wire(fc1, wire(norm2, attended))))]);
  };
}
