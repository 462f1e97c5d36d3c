import type { ImageBatch, Stream } from '@jembench/core';
import type { Size } from '../batch.js';
import { checkImages, intervalIn, type Interval } from '../checks.js';
import { exactExp, exactLog } from '../exact.js';
import { resizedCrop, type CropBox } from '../functional/resized-crop.js';
import { between, integer, type Draws } from './draws.js';
import { sampledForEach } from './image-draws.js';

export interface RandomCropOptions {
  /** Area of the crop as a share of the image's, within (0, 1]; [0.2, 1] by default, what suits 32-pixel images. */
  readonly scale?: Interval;
  /** Width over height, above 0, drawn log-uniformly; [3/4, 4/3] by default. */
  readonly ratio?: Interval;
  /** See `resizedCrop`; true by default. */
  readonly antialias?: boolean;
}

/** A function that draws the crop of one image. */
export function cropSampler(
  { height, width }: Pick<ImageBatch, 'height' | 'width'>,
  { scale = [0.2, 1], ratio = [3 / 4, 4 / 3] }: RandomCropOptions,
): (draws: Draws) => CropBox {
  intervalIn('randomResizedCrop', 'scale', scale, Number.MIN_VALUE, 1);
  intervalIn('randomResizedCrop', 'ratio', ratio, Number.MIN_VALUE);
  const logRatio: Interval = [exactLog(ratio[0]), exactLog(ratio[1])];
  return (draws) => {
    for (let attempt = 0; attempt < 10; attempt++) {
      const area = height * width * between(draws, scale);
      const aspect = exactExp(between(draws, logRatio));
      const box = { height: Math.round(Math.sqrt(area / aspect)), width: Math.round(Math.sqrt(area * aspect)) };
      if (box.height < 1 || box.width < 1 || box.height > height || box.width > width) continue;
      const top = integer(draws, height - box.height + 1);
      const left = integer(draws, width - box.width + 1);
      return { top, left, ...box };
    }
    return centralCrop(height, width, ratio);
  };
}

/** Ten misses: the largest central crop whose ratio is in range. */
function centralCrop(height: number, width: number, ratio: Interval): CropBox {
  const own = width / height;
  const box =
    own < ratio[0]
      ? { height: Math.max(1, Math.min(height, Math.round(width / ratio[0]))), width }
      : own > ratio[1]
        ? { height, width: Math.max(1, Math.min(width, Math.round(height * ratio[1]))) }
        : { height, width };
  return { top: (height - box.height) >> 1, left: (width - box.width) >> 1, ...box };
}

/**
 * A random rectangle of each image, resized.
 *
 * Area and ratio are drawn up to ten times until the rectangle fits, then its place; else the largest central crop of a fitting ratio.
 *
 * @param options `size` of the results is that of the images by default.
 * @param identities see `imageDraws`.
 * @throws InputError for a range that is empty or out of bounds.
 * @see torchvision 0.14.1, transforms.RandomResizedCrop
 */
export function randomResizedCrop(
  images: ImageBatch,
  options: RandomCropOptions & { readonly size?: Size },
  stream: Stream,
  identities?: ArrayLike<number>,
): ImageBatch {
  checkImages('randomResizedCrop', images);
  const sample = cropSampler(images, options);
  const boxes = sampledForEach('randomResizedCrop', images.count, stream, identities, sample);
  return resizedCrop(images, boxes, { size: options.size, antialias: options.antialias });
}
