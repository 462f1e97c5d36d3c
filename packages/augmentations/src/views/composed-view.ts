import type { ImageBatch } from '@jembench/core';
import { floatImages, imageSize, type ByteBatch } from '../batch.js';
import { checkColours } from '../checks.js';
import { adjustColours } from '../functional/colour.js';
import { Blur } from '../functional/gaussian-blur.js';
import { grayscaleKernel, solariseKernel } from '../functional/kernels.js';
import { normalise } from '../functional/normalise.js';
import { resizedCrop } from '../functional/resized-crop.js';
import type { RenderOptions, ViewParameters } from './options.js';

/**
 * What `renderedView` does, by the functions of src/functional one after another: its definition, and several times slower.
 */
export function composedView(
  images: ImageBatch | ByteBatch,
  parameters: readonly ViewParameters[],
  options: RenderOptions = {},
): ImageBatch {
  checkColours('randomView', images);
  const view = resizedCrop(
    floatImages(images),
    parameters.map(({ crop }) => crop),
    { size: options.size, antialias: options.crop?.antialias, flip: parameters.map(({ flip }) => flip) },
  );
  const { data, height, width, channels } = view;
  const blur = parameters.some(({ blurSigma }) => blurSigma > 0) ? new Blur(view, options.blur ?? {}) : undefined;
  for (const [n, { colours, grayscale, blurSigma, solarise }] of parameters.entries()) {
    const from = n * imageSize(view);
    adjustColours(view, n, colours);
    if (grayscale) grayscaleKernel(data, from, height * width, channels);
    if (blurSigma > 0) blur?.run(n, blurSigma);
    if (solarise) solariseKernel(data, from, imageSize(view), options.solarise?.threshold ?? 0.5);
  }
  return options.normalise ? normalise(view, options.normalise) : view;
}
