import { InputError, type ImageBatch, type Stream } from '@jembench/core';
import { imageSize, lengthsOf, type Size } from '../batch.js';
import { checkColours, inRange } from '../checks.js';
import { adjustColours, type ColourStep } from '../functional/colour.js';
import { Blur } from '../functional/gaussian-blur.js';
import { grayscaleKernel, solariseKernel } from '../functional/kernels.js';
import { checkNormalise, normalise, type NormaliseOptions } from '../functional/normalise.js';
import { resizedCrop, type CropBox } from '../functional/resized-crop.js';
import { blurSampler, type RandomBlurOptions } from '../random/blur.js';
import { choiceSampler, type RandomSolariseOptions } from '../random/choices.js';
import { jitterSampler, type ColourJitterOptions } from '../random/colour-jitter.js';
import { cropSampler, type RandomCropOptions } from '../random/crop.js';
import type { Draws } from '../random/draws.js';
import { imageDraws } from '../random/image-draws.js';

/**
 * One view of SimCLR's kind, in this order: crop and resize, flip, colour jitter, grayscale, blur, solarise, normalise.
 * What is left out does not happen.
 */
export interface ViewOptions {
  /** The size of the view; that of the images by default. */
  readonly size?: Size;
  readonly crop?: RandomCropOptions;
  /** Probability of a flip. */
  readonly flip?: number;
  readonly jitter?: ColourJitterOptions;
  /** Probability of grayscale. */
  readonly grayscale?: number;
  readonly blur?: RandomBlurOptions;
  readonly solarise?: RandomSolariseOptions;
  readonly normalise?: NormaliseOptions;
}

/** What was drawn for one image: plain data, to look at or to render again. */
export interface ViewParameters {
  readonly crop: CropBox;
  readonly flip: boolean;
  readonly colours: readonly ColourStep[];
  readonly grayscale: boolean;
  /** In pixels, 0 for none. */
  readonly blurSigma: number;
  readonly solarise: boolean;
}

/** A random view of each image. `identities` name the images (see `randomView`). */
export type View = (images: ImageBatch, stream: Stream, identities?: ArrayLike<number>) => ImageBatch;

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

/** The views that the parameters describe, one for each image. */
export function renderedView(
  images: ImageBatch,
  parameters: readonly ViewParameters[],
  options: Pick<ViewOptions, 'size' | 'crop' | 'blur' | 'solarise' | 'normalise'> = {},
): ImageBatch {
  checkColours('randomView', images);
  const view = resizedCrop(
    images,
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
