import { wire } from '../layers/apply.js';
import { registerLayers } from '../layers/files.js';
import { MaskPixels } from '../layers/mask.js';
import { tfl, type SymbolicTensor } from '../layers/tfl.js';
import type { ImageShape, PatchEncoder } from './encoder.js';
import { rescaled } from './rescaled.js';

export interface FeatureMap {
  /** Of the encoder. */
  readonly name: string;
  /** Wires pixels to the last feature map, on the encoder's own layers. */
  readonly map: (pixels: SymbolicTensor) => SymbolicTensor;
  /** Pixels along a side of what a cell of the map stands for. */
  readonly side: number;
  /** Channels of the map. */
  readonly width: number;
}

/**
 * The inside of a network of convolutions as patches: the cells of its last feature map, and under each the square of pixels that is
 * hidden. There is one block, the map itself.
 *
 * @returns undefined for images whose sides are no multiples of that square's.
 */
export function mapPatches(
  { height, width: across, channels }: ImageShape,
  { name, map, side, width }: FeatureMap,
): PatchEncoder | undefined {
  if (height % side !== 0 || across % side !== 0) return undefined;
  registerLayers();
  const grid = [height / side, across / side] as const;
  const images = tfl.input({ shape: [height, across, channels], name: 'whole_images' });
  const mask = tfl.input({ shape: [grid[0] * grid[1]], name: 'mask' });
  const hidden = wire(new MaskPixels({ name: 'mask_token', side }), [rescaled(images), mask]);
  const cells = tfl.layers.reshape({ name: 'patches', targetShape: [grid[0] * grid[1], width] });
  return {
    grid,
    width,
    local: true,
    model: tfl.model({ inputs: [images, mask], outputs: wire(cells, map(hidden)), name: `${name}_patches` }),
  };
}
