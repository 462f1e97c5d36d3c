import type { ImageBatch } from '@jembench/core';
import { blankLike } from '../batch.js';
import { checkCount, checkImages, valueOf, type PerImage } from '../checks.js';

/**
 * Each image mirrored from left to right, where `flip` says so.
 *
 * @param flip one for all images (true by default) or one for each.
 * @see torchvision 0.14.1, transforms.functional.hflip
 */
export function horizontalFlip(images: ImageBatch, flip: PerImage<boolean> = true): ImageBatch {
  checkImages('horizontalFlip', images);
  checkCount('horizontalFlip', 'flip', flip, images.count);
  const { data, count, height, width, channels } = images;
  const flipped = blankLike(images);
  for (let n = 0; n < count; n++) {
    const mirror = valueOf(flip, n);
    for (let y = 0; y < height; y++) {
      const row = (n * height + y) * width;
      for (let x = 0; x < width; x++) {
        const source = (row + (mirror ? width - 1 - x : x)) * channels;
        const target = (row + x) * channels;
        for (let c = 0; c < channels; c++) flipped.data[target + c] = data[source + c];
      }
    }
  }
  return flipped;
}
