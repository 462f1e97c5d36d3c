import type { ImageBatch } from '@jembench/core';
import { imageSize, type ByteBatch } from '../batch.js';
import { checkStep, type ColourStep } from '../functional/colour.js';
import { defaultTaps, gaussianWeights, placeInside, type GaussianBlurOptions } from '../functional/gaussian-blur.js';
import { sixths } from '../functional/kernels.js';
import type { NormaliseOptions } from '../functional/normalise.js';
import type { CropBox } from '../functional/resized-crop.js';
import { axisTables, largestTable, type AxisTable } from './axis-table.js';
import type { ViewKernels } from './kernels.js';
import { addressesOf, reserve } from './memory.js';

interface FusedOptions extends GaussianBlurOptions {
  readonly antialias: boolean;
}

/** One image after another of a batch `from`, in the kernels' memory until it is written to the batch `to`. */
export class FusedImage {
  readonly #across: (length: number) => AxisTable;
  readonly #down: (length: number) => AxisTable;
  readonly #bytes: Uint8Array;
  readonly #floats: Float32Array;
  readonly #doubles: Float64Array;

  /** @returns null where the memory cannot be had. */
  static reserved(
    kernels: ViewKernels,
    from: ImageBatch | ByteBatch,
    to: ImageBatch,
    { antialias, taps = defaultTaps(to.height), padding = 'reflect' }: FusedOptions,
  ): FusedImage | null {
    const { channels } = from;
    const pixels = to.height * to.width;
    // Kernels work in pairs: room for one value more than there are, in whole vectors.
    const plane = 16 * Math.ceil((pixels + 1) / 4);
    const row = 16 * Math.ceil(to.width / 2);
    const { at, end } = addressesOf({
      bytes: imageSize(from),
      source: 4 * imageSize(from),
      rows: channels * from.height * row,
      planes: channels * plane,
      packed: channels * plane,
      across: 8 * largestTable(from.width, to.width),
      down: 8 * largestTable(from.height, to.height),
      weights: 8 * taps,
      placesAcross: 4 * (to.width + taps - 1),
      placesDown: 4 * (to.height + taps - 1),
      padded: 8 * (to.width + taps),
      blurred: to.height * row,
    });
    if (!reserve(kernels.memory, end)) return null;
    const integers = new Int32Array(kernels.memory.buffer);
    const places = (length: number) => (_: unknown, x: number) => placeInside(x - (taps - 1) / 2, length, padding);
    integers.set(Int32Array.from({ length: to.width + taps - 1 }, places(to.width)), at.placesAcross / 4);
    integers.set(Int32Array.from({ length: to.height + taps - 1 }, places(to.height)), at.placesDown / 4);
    return new FusedImage(kernels, from, to, { ...at, plane, row, pixels, taps }, antialias);
  }

  private constructor(
    private readonly kernels: ViewKernels,
    private readonly from: ImageBatch | ByteBatch,
    private readonly to: ImageBatch,
    private readonly at: Layout,
    antialias: boolean,
  ) {
    const { buffer } = kernels.memory;
    this.#bytes = new Uint8Array(buffer);
    this.#floats = new Float32Array(buffer);
    this.#doubles = new Float64Array(buffer);
    this.#across = axisTables(to.width, antialias);
    this.#down = axisTables(to.height, antialias);
  }

  /** Takes a rectangle of image `n`. */
  resample(n: number, box: CropBox, flip: boolean): void {
    const { kernels, from, to, at } = this;
    const { channels, width } = from;
    const first = n * imageSize(from) + box.top * width * channels;
    const values = box.height * width * channels;
    if (from.data instanceof Uint8Array) {
      this.#bytes.set(from.data.subarray(first, first + values), at.bytes);
      kernels.unpackBytes(at.bytes, at.source, values);
    } else {
      this.#floats.set(from.data.subarray(first, first + values), at.source / 4);
    }
    const across = this.#across(box.width);
    const down = this.#down(box.height);
    this.#doubles.set(across.values, at.across / 8);
    this.#doubles.set(down.values, at.down / 8);
    kernels.resampleRows(
      at.source + 4 * box.left * channels,
      4 * width * channels,
      box.height,
      channels,
      at.across,
      across.record,
      to.width,
      flip ? 1 : 0,
      at.rows,
      at.row,
    );
    kernels.resampleColumns(
      at.rows,
      at.row,
      box.height,
      channels,
      at.down,
      down.record,
      to.height,
      to.width,
      at.planes,
      at.plane,
    );
  }

  adjust(step: ColourStep): void {
    checkStep(step);
    const { kernels, at } = this;
    const { channels } = this.from;
    const { operation, amount } = step;
    if (operation === 'brightness') kernels.brightness(at.planes, (channels * at.plane) / 4, amount);
    else if (operation === 'contrast') kernels.contrast(at.planes, at.plane, channels, at.pixels, amount);
    else if (channels === 1) return;
    else if (operation === 'saturation') kernels.saturation(at.planes, at.plane, at.pixels, amount);
    else kernels.hue(at.planes, at.plane, at.pixels, sixths(amount));
  }

  grayscale(): void {
    const { kernels, at, from } = this;
    if (from.channels === 3) kernels.grayscale(at.planes, at.plane, at.pixels);
  }

  blur(sigma: number): void {
    const { kernels, at, from, to } = this;
    gaussianWeights(this.#doubles.subarray(at.weights / 8, at.weights / 8 + at.taps), sigma);
    for (let c = 0; c < from.channels; c++) {
      kernels.blur(
        at.planes + c * at.plane,
        to.height,
        to.width,
        at.weights,
        at.taps,
        at.placesAcross,
        at.placesDown,
        at.padded,
        at.blurred,
        at.row,
      );
    }
  }

  solarise(threshold: number): void {
    const { kernels, at, from } = this;
    kernels.solarise(at.planes, (from.channels * at.plane) / 4, threshold);
  }

  normalise({ mean, std }: NormaliseOptions): void {
    const { kernels, at, from } = this;
    for (let c = 0; c < from.channels; c++) kernels.normalise(at.planes + c * at.plane, at.pixels, mean[c], std[c]);
  }

  /** Writes what has become of the image as image `n`. */
  write(n: number): void {
    const { kernels, at, to } = this;
    const size = imageSize(to);
    kernels.pack(at.planes, at.plane, to.channels, at.pixels, at.packed);
    to.data.set(this.#floats.subarray(at.packed / 4, at.packed / 4 + size), n * size);
  }
}

/** Addresses in bytes, and lengths: `plane` and `row` in bytes. */
type Layout = Readonly<
  Record<
    | 'bytes'
    | 'source'
    | 'rows'
    | 'planes'
    | 'packed'
    | 'across'
    | 'down'
    | 'weights'
    | 'placesAcross'
    | 'placesDown'
    | 'padded'
    | 'blurred'
    | 'plane'
    | 'row'
    | 'pixels'
    | 'taps',
    number
  >
>;
