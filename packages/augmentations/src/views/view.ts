import { InputError, type ImageBatch, type Stream } from '@jembench/core';
import { lengthsOf, type ByteBatch } from '../batch.js';
import { checkColours, checkCount, inRange } from '../checks.js';
import type { ColourStep } from '../functional/colour.js';
import { checkNormalise } from '../functional/normalise.js';
import type { CropBox } from '../functional/resized-crop.js';
import { fusedView } from '../fused/fused-view.js';
import { viewKernels } from '../fused/kernels.js';
import { blurSampler } from '../random/blur.js';
import { choiceSampler } from '../random/choices.js';
import { jitterSampler } from '../random/colour-jitter.js';
import { cropSampler } from '../random/crop.js';
import type { Draws } from '../random/draws.js';
import { imageDraws } from '../random/image-draws.js';
import { composedView } from './composed-view.js';
import type { RenderOptions, ViewOptions, ViewParameters } from './options.js';

/** A random view of each image. `identities` name the images (see `randomView`). */
export type View = (images: ImageBatch | ByteBatch, stream: Stream, identities?: ArrayLike<number>) => ImageBatch;

/**
 * A random view of each image of a batch, as a function of the images and a stream.
 *
 * Every step draws from a generator of its own, seeded for every image by `stream.fork('flip')` and the image's identity: leaving a step
 * out or adding one changes no other, and an image's view does not depend on the images beside it. `identities` are the images' places in the batch unless
 * given; with their places in the data set, a view does not depend on the batch at all.
 *
 * @throws InputError for options out of range (when it is made, as far as they can be known); ShapeError for images that are neither
 *   gray nor RGB. Saturation, hue and grayscale leave gray images as they are.
 * @see Chen et al., arXiv:2002.05709
 */
export function randomView(options: ViewOptions): View {
  checkOptions(options);
  return (images, stream, identities) =>
    renderedView(images, sampledView(images, options, stream, identities), options);
}

const steps = ['size', 'crop', 'flip', 'jitter', 'grayscale', 'blur', 'solarise', 'normalise'];

function checkOptions(options: ViewOptions): void {
  for (const step of Object.keys(options)) {
    if (!steps.includes(step))
      throw new InputError(`randomView: option, got "${step}", wanted one of ${steps.join(', ')}`);
  }
  samplers({ height: 1, width: 1 }, options);
  const { size, solarise, normalise } = options;
  if (size !== undefined) lengthsOf('randomView', size);
  if (solarise?.threshold !== undefined) inRange('randomView solarise', 'threshold', solarise.threshold, 0, 1);
  if (normalise) checkNormalise('randomView normalise', normalise);
}

function samplers(images: Pick<ImageBatch, 'height' | 'width'>, options: ViewOptions) {
  const { crop, flip, jitter, grayscale, blur, solarise } = options;
  return {
    crop: crop && cropSampler(images, crop),
    flip: flip === undefined ? undefined : choiceSampler('randomView flip', flip),
    jitter: jitter && jitterSampler(jitter),
    grayscale: grayscale === undefined ? undefined : choiceSampler('randomView grayscale', grayscale),
    blur: blur && blurSampler(blur),
    solarise: solarise && choiceSampler('randomView solarise', solarise.probability ?? 0.2),
  };
}

/** Draws what `randomView` would do to each image. */
export function sampledView(
  images: Pick<ImageBatch, 'count' | 'height' | 'width'>,
  options: ViewOptions,
  stream: Stream,
  identities?: ArrayLike<number>,
): ViewParameters[] {
  const { count, height, width } = images;
  const sample = samplers(images, options);
  const draw = <T>(step: string, sampler: ((draws: Draws) => T) | undefined, otherwise: T): ((n: number) => T) => {
    if (sampler === undefined) return () => otherwise;
    const drawsOf = imageDraws('randomView', count, stream.fork(step), identities);
    return (n) => sampler(drawsOf(n));
  };
  const crop = draw<CropBox>('crop', sample.crop, { top: 0, left: 0, height, width });
  const flip = draw('flip', sample.flip, false);
  const colours = draw<readonly ColourStep[]>('jitter', sample.jitter, []);
  const grayscale = draw('grayscale', sample.grayscale, false);
  const blurSigma = draw('blur', sample.blur, 0);
  const solarise = draw('solarise', sample.solarise, false);
  return Array.from({ length: count }, (_, n) => ({
    crop: crop(n),
    flip: flip(n),
    colours: colours(n),
    grayscale: grayscale(n),
    blurSigma: blurSigma(n),
    solarise: solarise(n),
  }));
}

/**
 * The views that the parameters describe, one for each image.
 *
 * By the kernels of src/fused where this engine takes them, else by `composedView`: the same values, bit for bit.
 */
export function renderedView(
  images: ImageBatch | ByteBatch,
  parameters: readonly ViewParameters[],
  options: RenderOptions = {},
): ImageBatch {
  checkColours('randomView', images);
  checkCount('randomView', 'parameters', parameters, images.count);
  const { kernels } = viewKernels();
  return (kernels && fusedView(kernels, images, parameters, options)) ?? composedView(images, parameters, options);
}
