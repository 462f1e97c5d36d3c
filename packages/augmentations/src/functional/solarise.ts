import type { ImageBatch } from '@jembench/core';
import { copyOf, imageSize } from '../batch.js';
import { checkCount, checkImages, inRange, valueOf, type PerImage } from '../checks.js';
import { solariseKernel } from './kernels.js';

export interface SolariseOptions {
  /** 0 to 1; 0.5 by default. */
  readonly threshold?: number;
  /** Which images: one for all (true by default) or one for each. */
  readonly apply?: PerImage<boolean>;
}

/**
 * `1 - v` where `v >= threshold`, v elsewhere.
 *
 * @see torchvision 0.14.1, transforms.functional.solarize
 */
export function solarise(images: ImageBatch, { threshold = 0.5, apply = true }: SolariseOptions = {}): ImageBatch {
  checkImages('solarise', images);
  checkCount('solarise', 'apply', apply, images.count);
  inRange('solarise', 'threshold', threshold, 0, 1);
  const result = copyOf(images);
  const values = imageSize(images);
  for (let n = 0; n < images.count; n++) {
    if (valueOf(apply, n)) solariseKernel(result.data, n * values, values, threshold);
  }
  return result;
}
