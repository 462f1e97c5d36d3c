import { InputError, type ImageBatch } from '@jembench/core';
import { blankLike, copyOf, imageSize } from '../batch.js';
import { checkColours, checkCount, valueOf, type PerImage } from '../checks.js';
import { grayOf, grayscaleKernel } from './kernels.js';

export interface GrayscaleOptions {
  /** 3 (gray in every channel; the default for RGB images) or 1. */
  readonly channels?: 1 | 3;
  /** Which images: one for all (true by default) or one for each. Only with as many channels out as in. */
  readonly apply?: PerImage<boolean>;
}

/**
 * `0.2989 R + 0.587 G + 0.114 B` of each pixel. Gray images stay as they are, repeated when 3 channels are asked for.
 *
 * @throws InputError where only some images are to change and the channels do, too.
 * @see torchvision 0.14.1, transforms.functional.rgb_to_grayscale
 */
export function grayscale(images: ImageBatch, options: GrayscaleOptions = {}): ImageBatch {
  checkColours('grayscale', images);
  const { channels = images.channels, apply = true } = options;
  checkCount('grayscale', 'apply', apply, images.count);
  if (channels !== 1 && channels !== 3) {
    throw new InputError(`grayscale: channels, got ${channels}, wanted 1 or 3`);
  }
  if (channels !== images.channels) {
    if (apply !== true) {
      throw new InputError(
        `grayscale: apply, got a choice of images, wanted true where ${images.channels} channels become ${channels}`,
      );
    }
    return channels === 1 ? toOneChannel(images) : toThreeChannels(images);
  }
  const gray = copyOf(images);
  for (let n = 0; n < images.count; n++) {
    if (!valueOf(apply, n)) continue;
    grayscaleKernel(gray.data, n * imageSize(images), images.height * images.width, images.channels);
  }
  return gray;
}

function toOneChannel(images: ImageBatch): ImageBatch {
  const gray = blankLike(images, { channels: 1 });
  for (let i = 0; i < gray.data.length; i++) gray.data[i] = grayOf(images.data, 3 * i);
  return gray;
}

function toThreeChannels(images: ImageBatch): ImageBatch {
  const repeated = blankLike(images, { channels: 3 });
  for (let i = 0; i < images.data.length; i++) repeated.data.fill(images.data[i], 3 * i, 3 * i + 3);
  return repeated;
}
