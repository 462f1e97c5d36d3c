import type { ImageBatch, Stream } from '@jembench/core';
import { checkImages, inRange, intervalIn, type Interval } from '../checks.js';
import { checkBlur, gaussianBlur, type GaussianBlurOptions } from '../functional/gaussian-blur.js';
import type { RandomChoiceOptions } from './choices.js';
import { between, chance, type Draws } from './draws.js';
import { sampledForEach } from './image-draws.js';

export interface RandomBlurOptions extends RandomChoiceOptions, GaussianBlurOptions {
  /** Range of sigma in pixels, above 0; [0.1, 2] by default. */
  readonly sigma?: Interval;
}

/** A function that draws the sigma of one image, 0 where it is not blurred. */
export function blurSampler({
  probability = 0.5,
  sigma = [0.1, 2],
  ...blur
}: RandomBlurOptions): (draws: Draws) => number {
  inRange('randomGaussianBlur', 'probability', probability, 0, 1);
  intervalIn('randomGaussianBlur', 'sigma', sigma, Number.MIN_VALUE);
  checkBlur('randomGaussianBlur', blur);
  return (draws) => (chance(draws, probability) ? between(draws, sigma) : 0);
}

/**
 * Each image blurred by a random sigma with a probability of 0.5, unless told otherwise.
 *
 * @param identities see `imageDraws`.
 */
export function randomGaussianBlur(
  images: ImageBatch,
  options: RandomBlurOptions,
  stream: Stream,
  identities?: ArrayLike<number>,
): ImageBatch {
  checkImages('randomGaussianBlur', images);
  const sigmas = sampledForEach('randomGaussianBlur', images.count, stream, identities, blurSampler(options));
  return gaussianBlur(images, sigmas, { taps: options.taps, padding: options.padding });
}
