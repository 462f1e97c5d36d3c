import { InputError, type ImageBatch } from '@jembench/core';
import { copyOf, imageSize } from '../batch.js';
import { checkColours, checkCount, inRange, valueOf, type PerImage } from '../checks.js';
import { brightnessKernel, contrastKernel, hueKernel, saturationKernel } from './kernels.js';

/** The colour operations, with the range of their amounts. */
const operations = {
  brightness: { kernel: brightnessKernel, low: 0, high: Number.MAX_VALUE },
  contrast: { kernel: contrastKernel, low: 0, high: Number.MAX_VALUE },
  saturation: { kernel: saturationKernel, low: 0, high: Number.MAX_VALUE },
  hue: { kernel: hueKernel, low: -0.5, high: 0.5 },
} as const;

export type ColourOperation = keyof typeof operations;

/** One operation and its amount: a factor (1 changes nothing), for hue a share of the circle (0 changes nothing). */
export interface ColourStep {
  readonly operation: ColourOperation;
  readonly amount: number;
}

/**
 * Colour operations in the given order, each as below; the result of each is rounded to float32.
 *
 * @param steps one list for all images, or a list for each.
 * @returns images in [0, 1].
 * @throws InputError for an unknown operation or an amount out of range; ShapeError for channels other than 1 and 3.
 */
export function colourAdjustment(
  images: ImageBatch,
  steps: readonly ColourStep[] | readonly (readonly ColourStep[])[],
): ImageBatch {
  checkColours('colourAdjustment', images);
  const each = isListOfLists(steps) ? steps : undefined;
  if (each) checkCount('colourAdjustment', 'steps', each, images.count);
  const adjusted = copyOf(images);
  for (let n = 0; n < images.count; n++) adjustColours(adjusted, n, each ? each[n] : (steps as readonly ColourStep[]));
  return adjusted;
}

/** The same for one image of a batch, in place. */
export function adjustColours(images: ImageBatch, n: number, steps: readonly ColourStep[]): void {
  const { data, height, width, channels } = images;
  for (const step of steps) {
    checkStep(step);
    operations[step.operation].kernel(data, n * imageSize(images), height * width, channels, step.amount);
  }
}

/** Refuses an unknown operation and an amount out of its range. */
export function checkStep({ operation, amount }: ColourStep): void {
  if (!Object.hasOwn(operations, operation)) {
    throw new InputError(
      `colourAdjustment: operation, got "${operation}", wanted one of ${Object.keys(operations).join(', ')}`,
    );
  }
  const { low, high } = operations[operation];
  inRange('colourAdjustment', operation, amount, low, high);
}

function isListOfLists(
  steps: readonly ColourStep[] | readonly (readonly ColourStep[])[],
): steps is readonly (readonly ColourStep[])[] {
  return Array.isArray(steps[0]);
}

function adjusted(images: ImageBatch, operation: ColourOperation, amounts: PerImage<number>): ImageBatch {
  checkColours(operation, images);
  checkCount(operation, 'factors', amounts, images.count);
  const result = copyOf(images);
  for (let n = 0; n < images.count; n++) adjustColours(result, n, [{ operation, amount: valueOf(amounts, n) }]);
  return result;
}

/**
 * `clamp(factor * v)` to [0, 1]: 0 is black, 1 changes nothing.
 *
 * @param factors at least 0; one for all images or one for each.
 * @see torchvision 0.14.1, transforms.functional.adjust_brightness
 */
export function brightness(images: ImageBatch, factors: PerImage<number>): ImageBatch {
  return adjusted(images, 'brightness', factors);
}

/**
 * `clamp(factor * v + (1 - factor) * mean)`, with the mean gray value of the image: 0 is a flat gray, 1 changes nothing.
 *
 * @param factors at least 0; one for all images or one for each.
 * @see torchvision 0.14.1, transforms.functional.adjust_contrast
 */
export function contrast(images: ImageBatch, factors: PerImage<number>): ImageBatch {
  return adjusted(images, 'contrast', factors);
}

/**
 * `clamp(factor * v + (1 - factor) * gray)`, with each pixel's own gray value: 0 is grayscale, 1 changes nothing.
 * Gray images have no saturation and stay as they are.
 *
 * @param factors at least 0; one for all images or one for each.
 * @see torchvision 0.14.1, transforms.functional.adjust_saturation
 */
export function saturation(images: ImageBatch, factors: PerImage<number>): ImageBatch {
  return adjusted(images, 'saturation', factors);
}

/**
 * The hue turned by `shifts` of the circle (1/3 takes red to green), saturation and value kept.
 * Gray images have no hue and stay as they are, and so do gray pixels.
 *
 * @param shifts -0.5 to 0.5; one for all images or one for each.
 * @see torchvision 0.14.1, transforms.functional.adjust_hue
 */
export function hue(images: ImageBatch, shifts: PerImage<number>): ImageBatch {
  return adjusted(images, 'hue', shifts);
}
