import type { ImageBatch, Stream } from '@jembench/core';
import { checkImages, inRange } from '../checks.js';
import { grayscale } from '../functional/grayscale.js';
import { horizontalFlip } from '../functional/horizontal-flip.js';
import { solarise } from '../functional/solarise.js';
import { chance, type Draws } from './draws.js';
import { sampledForEach } from './image-draws.js';

/** A function that decides for one image whether something happens to it. */
export function choiceSampler(where: string, probability: number): (draws: Draws) => boolean {
  inRange(where, 'probability', probability, 0, 1);
  return (draws) => chance(draws, probability);
}

export interface RandomChoiceOptions {
  /** 0 to 1. */
  readonly probability?: number;
}

/**
 * Each image mirrored from left to right with a probability of 0.5, unless told otherwise.
 *
 * @param identities see `imageDraws`.
 */
export function randomHorizontalFlip(
  images: ImageBatch,
  { probability = 0.5 }: RandomChoiceOptions,
  stream: Stream,
  identities?: ArrayLike<number>,
): ImageBatch {
  checkImages('randomHorizontalFlip', images);
  const sample = choiceSampler('randomHorizontalFlip', probability);
  return horizontalFlip(images, sampledForEach('randomHorizontalFlip', images.count, stream, identities, sample));
}

/**
 * Each image turned gray, in as many channels as before, with a probability of 0.2, unless told otherwise.
 *
 * @param identities see `imageDraws`.
 */
export function randomGrayscale(
  images: ImageBatch,
  { probability = 0.2 }: RandomChoiceOptions,
  stream: Stream,
  identities?: ArrayLike<number>,
): ImageBatch {
  checkImages('randomGrayscale', images);
  const sample = choiceSampler('randomGrayscale', probability);
  return grayscale(images, { apply: sampledForEach('randomGrayscale', images.count, stream, identities, sample) });
}

export interface RandomSolariseOptions extends RandomChoiceOptions {
  /** 0 to 1; 0.5 by default. */
  readonly threshold?: number;
}

/**
 * Each image solarised with a probability of 0.2, unless told otherwise.
 *
 * @param identities see `imageDraws`.
 */
export function randomSolarise(
  images: ImageBatch,
  { probability = 0.2, threshold }: RandomSolariseOptions,
  stream: Stream,
  identities?: ArrayLike<number>,
): ImageBatch {
  checkImages('randomSolarise', images);
  const sample = choiceSampler('randomSolarise', probability);
  const apply = sampledForEach('randomSolarise', images.count, stream, identities, sample);
  return solarise(images, { threshold, apply });
}
