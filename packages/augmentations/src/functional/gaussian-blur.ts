import { InputError, type ImageBatch } from '@jembench/core';
import { copyOf, imageSize } from '../batch.js';
import { checkCount, checkImages, inRange, integerFrom, valueOf, type PerImage } from '../checks.js';
import { exactExp } from '../exact.js';

export interface GaussianBlurOptions {
  /** Odd width of the kernel; `defaultTaps(height)` by default. */
  readonly taps?: number;
  /**
   * What lies beyond the border: `reflect` mirrors without repeating the edge (torchvision), `zero` is black and darkens the border
   * (BYOL's and SimCLR's SAME convolution). `reflect` by default.
   */
  readonly padding?: BlurPadding;
}

export type BlurPadding = 'reflect' | 'zero';

/** BYOL's kernel for an image of that height, `2 * floor(height / 20) + 1`, but at least 3: one tap would not blur. */
export function defaultTaps(height: number): number {
  return Math.max(3, 2 * Math.floor(height / 20) + 1);
}

/**
 * Separable Gaussian blur, `exp(-x^2 / (2 sigma^2))` normalised to sum 1 over `taps` pixels.
 *
 * The exponential is our own (exact.ts), so that all engines give the same pixels. A NaN spreads as far as the kernel reaches.
 * Reflection goes back and forth where the kernel is wider than the image; beside a single pixel there is only that pixel.
 *
 * @param sigmas above 0, in pixels; one for all images or one for each. 0 leaves an image as it is.
 * @throws InputError for a negative or non-finite sigma, and for taps that are not odd.
 * @see torchvision 0.14.1, transforms.functional.gaussian_blur; google-deepmind/deepmind-research@f5de0ed byol/utils/augmentations.py
 */
export function gaussianBlur(
  images: ImageBatch,
  sigmas: PerImage<number>,
  options: GaussianBlurOptions = {},
): ImageBatch {
  checkImages('gaussianBlur', images);
  checkCount('gaussianBlur', 'sigmas', sigmas, images.count);
  const blurred = copyOf(images);
  const blur = new Blur(blurred, options);
  for (let n = 0; n < images.count; n++) {
    const sigma = inRange('gaussianBlur', 'sigma', valueOf(sigmas, n), 0);
    if (sigma > 0) blur.run(n, sigma);
  }
  return blurred;
}

/** Refuses taps and padding that no blur has. */
export function checkBlur(where: string, { taps, padding }: GaussianBlurOptions): void {
  if (taps !== undefined && integerFrom(where, 'taps', taps, 1) % 2 === 0) {
    throw new InputError(`${where}: taps, got ${taps}, wanted an odd number`);
  }
  if (padding !== undefined && padding !== 'reflect' && padding !== 'zero') {
    throw new InputError(`${where}: padding, got "${String(padding)}", wanted reflect or zero`);
  }
}

/** Sets `weights` to a Gaussian around their middle, of sum 1. */
export function gaussianWeights(weights: Float64Array, sigma: number): void {
  const radius = (weights.length - 1) / 2;
  let total = 0;
  for (let k = 0; k < weights.length; k++) {
    const x = (k - radius) / sigma;
    total += weights[k] = exactExp(-0.5 * x * x);
  }
  for (let k = 0; k < weights.length; k++) weights[k] /= total;
}

/** The pixel that stands at `x` along an axis, inside of it or not; -1 for black. */
export function placeInside(x: number, length: number, padding: BlurPadding): number {
  if (x >= 0 && x < length) return x;
  if (padding === 'zero') return -1;
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const phase = ((x % period) + period) % period;
  return phase < length ? phase : period - phase;
}

/** Blurs image after image of a batch, in place. */
export class Blur {
  readonly #kernel: Float64Array;
  readonly #padding: BlurPadding;
  readonly #padded: Float64Array;
  readonly #rows: Float64Array;
  readonly #sums: Float64Array;

  constructor(
    private readonly images: ImageBatch,
    options: GaussianBlurOptions,
  ) {
    checkBlur('gaussianBlur', options);
    const { height, width, channels } = images;
    const { taps = defaultTaps(height), padding = 'reflect' } = options;
    this.#kernel = new Float64Array(taps);
    this.#padding = padding;
    this.#padded = new Float64Array((width + taps - 1) * channels);
    this.#rows = new Float64Array(height * width * channels);
    this.#sums = new Float64Array(width * channels);
  }

  run(n: number, sigma: number): void {
    gaussianWeights(this.#kernel, sigma);
    const { data, height, width, channels } = this.images;
    const length = width * channels;
    const origin = n * imageSize(this.images);
    for (let y = 0; y < height; y++) this.#blurRow(data, origin + y * length, y * length);
    for (let y = 0; y < height; y++) {
      this.#sumRows(y);
      data.set(this.#sums, origin + y * length);
    }
  }

  /** One row, from the image to `#rows`, by way of a copy that is padded on both sides. */
  #blurRow(data: Float32Array, source: number, target: number): void {
    const { width, channels } = this.images;
    const kernel = this.#kernel;
    const padded = this.#padded;
    const rows = this.#rows;
    const radius = (kernel.length - 1) / 2;
    for (let x = -radius; x < width + radius; x++) {
      const from = placeInside(x, width, this.#padding);
      for (let c = 0; c < channels; c++) {
        padded[(x + radius) * channels + c] = from < 0 ? 0 : data[source + from * channels + c];
      }
    }
    for (let i = 0, end = width * channels; i < end; i++) {
      let sum = 0;
      for (let k = 0; k < kernel.length; k++) sum += kernel[k] * padded[i + k * channels];
      rows[target + i] = sum;
    }
  }

  /** The weighted sum of the blurred rows around `y`, into `#sums`. */
  #sumRows(y: number): void {
    const { height } = this.images;
    const kernel = this.#kernel;
    const rows = this.#rows;
    const sums = this.#sums;
    const radius = (kernel.length - 1) / 2;
    sums.fill(0);
    for (let k = 0; k < kernel.length; k++) {
      const from = placeInside(y + k - radius, height, this.#padding);
      if (from < 0) continue;
      const source = from * sums.length;
      const weight = kernel[k];
      for (let i = 0; i < sums.length; i++) sums[i] += weight * rows[source + i];
    }
  }
}
