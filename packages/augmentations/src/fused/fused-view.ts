import type { ImageBatch } from '@jembench/core';
import { blankLike, lengthsOf, type ByteBatch } from '../batch.js';
import { checkBlur } from '../functional/gaussian-blur.js';
import { checkNormalise } from '../functional/normalise.js';
import { checkBox } from '../functional/resized-crop.js';
import type { RenderOptions, ViewParameters } from '../views/options.js';
import { FusedImage } from './fused-image.js';
import type { ViewKernels } from './kernels.js';

/**
 * What `composedView` gives, image after image in the kernels' memory: copied in (only the rows of the crop), resampled, changed in place,
 * copied out.
 *
 * @returns null where the memory cannot be had.
 */
export function fusedView(
  kernels: ViewKernels,
  images: ImageBatch | ByteBatch,
  parameters: readonly ViewParameters[],
  { size = images, crop, blur = {}, solarise, normalise }: RenderOptions,
): ImageBatch | null {
  const view = blankLike(images, lengthsOf('randomView', size));
  checkBlur('randomView blur', blur);
  if (normalise) checkNormalise('randomView normalise', normalise, images.channels);
  const image = FusedImage.reserved(kernels, images, view, { ...blur, antialias: crop?.antialias ?? true });
  if (image === null) return null;
  for (let n = 0; n < images.count; n++) {
    const { crop: box, flip, colours, grayscale, blurSigma, solarise: inverted } = parameters[n];
    checkBox(box, images);
    image.resample(n, box, flip);
    for (const step of colours) image.adjust(step);
    if (grayscale) image.grayscale();
    if (blurSigma > 0) image.blur(blurSigma);
    if (inverted) image.solarise(solarise?.threshold ?? 0.5);
    if (normalise) image.normalise(normalise);
    image.write(n);
  }
  return view;
}
