import { ShapeError, type ImageBatch } from '@jembench/core';
import { blankLike } from '../batch.js';
import { checkImages, inRange } from '../checks.js';

export interface NormaliseOptions {
  /** One value for each channel. */
  readonly mean: readonly number[];
  /** One value for each channel, above 0. */
  readonly std: readonly number[];
}

/**
 * `(v - mean) / std`, channel by channel.
 *
 * @throws ShapeError for as many values as there are not channels; InputError for a std that is not above 0.
 * @see torchvision 0.14.1, transforms.functional.normalize
 */
export function normalise(images: ImageBatch, options: NormaliseOptions): ImageBatch {
  checkImages('normalise', images);
  checkNormalise('normalise', options, images.channels);
  const { mean, std } = options;
  const { data, channels } = images;
  const result = blankLike(images);
  for (let c = 0; c < channels; c++) {
    for (let i = c; i < data.length; i += channels) result.data[i] = (data[i] - mean[c]) / std[c];
  }
  return result;
}

/** Refuses values that no channel can be normalised with, and as many as there are not channels, where their number is known. */
export function checkNormalise(where: string, { mean, std }: NormaliseOptions, channels?: number): void {
  for (const [what, values] of Object.entries({ mean, std })) {
    if (channels !== undefined && values.length !== channels) {
      throw new ShapeError(
        `${where}: ${what}, got ${values.length} values, wanted one for each of ${channels} channels`,
      );
    }
  }
  for (const value of mean) inRange(where, 'mean', value, -Number.MAX_VALUE);
  for (const value of std) inRange(where, 'std', value, Number.MIN_VALUE);
}
