import { InputError, ShapeError, type Stream } from '@jembench/core';
import { inRange, integerFrom } from '../checks.js';
import { imageDraws } from '../random/image-draws.js';

/** Which patches of each image are hidden: as many in every image, so that everything is a rectangle. Row-major, row = image. */
export interface PatchMask {
  readonly images: number;
  /** L, the patches of an image. */
  readonly patches: number;
  /** K = patches that stay. */
  readonly visibleCount: number;
  /** `[images, K]`: the patches that stay, in the order in which an encoder of only these gets them. */
  readonly visible: Int32Array;
  /** `[images, L - K]`: the others. */
  readonly masked: Int32Array;
  /** `[images, L]`: 1 masked, 0 visible, in the order of the image. */
  readonly mask: Int32Array;
  /** `[images, L]`: where each patch of the image stands in visible-then-masked order; undoes the shuffling. */
  readonly restore: Int32Array;
}

/** The mask of given orders: the first `visibleCount` of each row of `order` stay. */
export function maskOfOrder(images: number, patches: number, visibleCount: number, order: Int32Array): PatchMask {
  const hidden = patches - visibleCount;
  const visible = new Int32Array(images * visibleCount);
  const masked = new Int32Array(images * hidden);
  const mask = new Int32Array(images * patches);
  const restore = new Int32Array(images * patches);
  for (let n = 0; n < images; n++) {
    for (let i = 0; i < patches; i++) {
      const patch = order[n * patches + i];
      restore[n * patches + patch] = i;
      if (i < visibleCount) {
        visible[n * visibleCount + i] = patch;
      } else {
        masked[n * hidden + i - visibleCount] = patch;
        mask[n * patches + patch] = 1;
      }
    }
  }
  return { images, patches, visibleCount, visible, masked, mask, restore };
}

/**
 * MAE's mask of given noise: the `floor(L (1 - ratio))` patches of the smallest noise stay, in ascending order of it.
 *
 * Equal noise is taken in the order of the image.
 *
 * @param noise `[images, patches]`, finite.
 * @param ratio 0 to 1, the share to mask.
 * @see facebookresearch/mae@efb2a80 models_mae.py random_masking
 */
export function noiseMask(noise: ArrayLike<number>, images: number, patches: number, ratio: number): PatchMask {
  integerFrom('noiseMask', 'images', images, 0);
  integerFrom('noiseMask', 'patches', patches, 1);
  inRange('noiseMask', 'ratio', ratio, 0, 1);
  if (noise.length !== images * patches) {
    throw new ShapeError(`noiseMask: noise has ${noise.length} values, wanted ${images} x ${patches}`);
  }
  for (let i = 0; i < noise.length; i++) {
    if (!Number.isFinite(noise[i]))
      throw new InputError(`noiseMask: noise[${i}], got ${noise[i]}, wanted finite numbers`);
  }
  const order = new Int32Array(images * patches);
  for (let n = 0; n < images; n++) {
    const row = order.subarray(n * patches, (n + 1) * patches);
    for (let i = 0; i < patches; i++) row[i] = i;
    row.sort((a, b) => noise[n * patches + a] - noise[n * patches + b] || a - b);
  }
  return maskOfOrder(images, patches, Math.floor(patches * (1 - ratio)), order);
}

/**
 * A random `ratio` of the patches of each image masked, as MAE does (0.75 there).
 *
 * @param identities names of the images, their places in the batch by default (see `imageDraws`).
 */
export function randomPatchMask(
  images: number,
  patches: number,
  ratio: number,
  stream: Stream,
  identities?: ArrayLike<number>,
): PatchMask {
  integerFrom('randomPatchMask', 'images', images, 0);
  integerFrom('randomPatchMask', 'patches', patches, 1);
  const drawsOf = imageDraws('randomPatchMask', images, stream, identities);
  const noise = new Float64Array(images * patches);
  for (let n = 0; n < images; n++) {
    const own = drawsOf(n);
    for (let i = 0; i < patches; i++) noise[n * patches + i] = own.uniform();
  }
  return noiseMask(noise, images, patches, ratio);
}

/**
 * The visible patches of `[images, patches, width]` values: `[images, K, width]`.
 *
 * @throws ShapeError for values that are not whole patches of the mask's images.
 */
export function visiblePatches(values: Float32Array, mask: PatchMask): Float32Array {
  const { images, patches, visible, visibleCount } = mask;
  const width = images === 0 ? 0 : values.length / (images * patches);
  if (!Number.isInteger(width)) {
    throw new ShapeError(`visiblePatches: ${values.length} values, wanted a multiple of ${images} x ${patches}`);
  }
  const kept = new Float32Array(visible.length * width);
  for (let i = 0; i < visible.length; i++) {
    const from = (Math.floor(i / visibleCount) * patches + visible[i]) * width;
    kept.set(values.subarray(from, from + width), i * width);
  }
  return kept;
}
