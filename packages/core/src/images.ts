/**
 * `count` images side by side in memory, NHWC, row-major.
 *
 * `data[((n * height + y) * width + x) * channels + c]` is in [0, 1] until a pipeline normalises it.
 */
export interface ImageBatch {
  readonly data: Float32Array;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Labelled images of one split; `images` is NHWC in 0..255. */
export interface Split {
  readonly images: Uint8Array;
  /** One class index an image, `0 <= label < classes.length`. */
  readonly labels: Int32Array;
  readonly count: number;
}

/** A data set in memory: all images of one size. */
export interface Dataset {
  /** The name the user gave (`shapes`, `cifar10`, `folder:DIR`, ...). */
  readonly name: string;
  /** SHA-256 (hex) of everything that determines the images, their order and their labels. */
  readonly checksum: string;
  readonly classes: readonly string[];
  readonly height: number;
  readonly width: number;
  /** 1 (gray) or 3 (RGB). */
  readonly channels: number;
  readonly train: Split;
  readonly test: Split;
  /** What a reader of results must know, a sentence each ("partial: 20000 of 50000 training images"). */
  readonly notes: readonly string[];
  /**
   * Options of the trainers' recipe that these images want other than usual, by name: what a view may change without changing the class, and how large
   * it has to be.
   * An option that the user sets goes before it.
   */
  readonly recipe?: Readonly<Record<string, number>>;
}

/** The images at `indices`, scaled to [0, 1], with the dataset's height, width and channels. */
export function gatherImages(
  dataset: Pick<Dataset, 'height' | 'width' | 'channels'>,
  split: Split,
  indices: ArrayLike<number>,
): ImageBatch {
  const { height, width, channels } = dataset;
  const size = height * width * channels;
  const data = new Float32Array(indices.length * size);
  for (let n = 0; n < indices.length; n++) {
    const from = indices[n] * size;
    for (let i = 0; i < size; i++) data[n * size + i] = split.images[from + i] / 255;
  }
  return { data, count: indices.length, height, width, channels };
}
