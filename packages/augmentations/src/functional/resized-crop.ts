import { InputError, type ImageBatch } from '@jembench/core';
import { blankLike, imageSize, lengthsOf, type Size } from '../batch.js';
import { checkCount, checkImages, valueOf, type PerImage } from '../checks.js';
import { bilinearWeights, type AxisWeights } from './resample.js';

/** A rectangle of whole pixels inside an image. */
export interface CropBox {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

export interface ResizedCropOptions {
  /** The size of the results; that of the images by default. */
  readonly size?: Size;
  /** Whether an axis that shrinks is averaged (as Pillow does) rather than sampled; true by default. No difference when growing. */
  readonly antialias?: boolean;
  /** Mirror the result from left to right; false by default. */
  readonly flip?: PerImage<boolean>;
}

/**
 * A rectangle of each image, resized bilinearly with half-pixel centres: `flip(resize(crop(image)))` in one pass.
 *
 * @param boxes one for all images or one for each, inside the image.
 * @returns images of `size`, of the same channels.
 * @throws InputError for a box that leaves its image or is empty, and for a size below 1.
 * @see torchvision 0.14.1, transforms.functional.resized_crop on tensors
 */
export function resizedCrop(
  images: ImageBatch,
  boxes: PerImage<CropBox>,
  { size = images, antialias = true, flip = false }: ResizedCropOptions = {},
): ImageBatch {
  checkImages('resizedCrop', images);
  checkCount('resizedCrop', 'boxes', boxes, images.count);
  checkCount('resizedCrop', 'flip', flip, images.count);
  const results = blankLike(images, lengthsOf('resizedCrop', size));
  const resampler = new Resampler(images, results, antialias);
  for (let n = 0; n < images.count; n++) {
    const box = valueOf(boxes, n);
    checkBox(box, images);
    resampler.run(n, box, valueOf(flip, n));
  }
  return results;
}

/** Refuses a box that leaves its image or is empty. */
export function checkBox({ top, left, height, width }: CropBox, images: Pick<ImageBatch, 'height' | 'width'>): void {
  const inside =
    [top, left, height, width].every(Number.isSafeInteger) &&
    Math.min(top, left) >= 0 &&
    Math.min(height, width) >= 1 &&
    top + height <= images.height &&
    left + width <= images.width;
  if (!inside) {
    throw new InputError(
      `resizedCrop: box, got ${height} x ${width} at (${top}, ${left}), wanted whole pixels inside ${images.height} x ${images.width}`,
    );
  }
}

/** Resamples image after image of a batch: rows into a float64 buffer, then the buffer's columns. */
class Resampler {
  readonly #buffer: Float64Array;
  readonly #across = new Map<number, AxisWeights>();
  readonly #down = new Map<number, AxisWeights>();

  constructor(
    private readonly from: ImageBatch,
    private readonly to: ImageBatch,
    private readonly antialias: boolean,
  ) {
    this.#buffer = new Float64Array(from.height * to.width * from.channels);
  }

  run(n: number, box: CropBox, flip: boolean): void {
    this.#rows(n, box, this.#weights(this.#across, box.width, this.to.width), flip);
    this.#columns(n, this.#weights(this.#down, box.height, this.to.height));
  }

  #weights(known: Map<number, AxisWeights>, length: number, size: number): AxisWeights {
    let weights = known.get(length);
    if (weights === undefined) {
      weights = bilinearWeights(length, size, this.antialias);
      known.set(length, weights);
    }
    return weights;
  }

  #rows(n: number, box: CropBox, { starts, counts, weights, stride }: AxisWeights, flip: boolean): void {
    const { data, width, channels } = this.from;
    const size = this.to.width;
    const buffer = this.#buffer;
    const origin = n * imageSize(this.from) + (box.top * width + box.left) * channels;
    for (let y = 0; y < box.height; y++) {
      const row = origin + y * width * channels;
      for (let x = 0; x < size; x++) {
        const source = row + starts[x] * channels;
        const target = (y * size + (flip ? size - 1 - x : x)) * channels;
        const first = weights[x * stride];
        if (counts[x] === 2) {
          const second = weights[x * stride + 1];
          for (let c = 0; c < channels; c++) {
            buffer[target + c] = first * data[source + c] + second * data[source + channels + c];
          }
        } else {
          for (let c = 0; c < channels; c++) {
            let sum = first * data[source + c];
            for (let k = 1; k < counts[x]; k++) sum += weights[x * stride + k] * data[source + k * channels + c];
            buffer[target + c] = sum;
          }
        }
      }
    }
  }

  #columns(n: number, { starts, counts, weights, stride }: AxisWeights): void {
    const { data, height } = this.to;
    const buffer = this.#buffer;
    const length = this.to.width * this.to.channels;
    const origin = n * imageSize(this.to);
    for (let y = 0; y < height; y++) {
      const target = origin + y * length;
      const source = starts[y] * length;
      const first = weights[y * stride];
      if (counts[y] === 2) {
        const second = weights[y * stride + 1];
        for (let i = 0; i < length; i++) {
          data[target + i] = first * buffer[source + i] + second * buffer[source + length + i];
        }
      } else {
        for (let i = 0; i < length; i++) {
          let sum = first * buffer[source + i];
          for (let k = 1; k < counts[y]; k++) sum += weights[y * stride + k] * buffer[source + k * length + i];
          data[target + i] = sum;
        }
      }
    }
  }
}
