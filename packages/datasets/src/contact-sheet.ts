import { InputError, type Dataset } from '@jembench/core';

export interface ContactSheetOptions {
  /** Classes to show, from the first; at most and by default all. */
  readonly rows: number;
  /** Images of each class, from the first of the split; places without an image stay empty. */
  readonly columns: number;
  readonly split: 'train' | 'test';
  /** Each pixel becomes a square of `zoom` pixels. */
  readonly zoom: number;
}

/** An RGB picture, row-major: `data[(y * width + x) * 3 + channel]`. */
export interface RgbPicture {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

const GAP = 2;
const PAPER = 255;

/**
 * The first images of each class side by side on white, a row a class: what one looks at before one trusts a data set.
 *
 * @throws InputError when `rows`, `columns` or `zoom` is not a positive integer.
 */
export function contactSheet(dataset: Dataset, options: Partial<ContactSheetOptions> = {}): RgbPicture {
  const { rows, columns, split, zoom } = {
    rows: dataset.classes.length,
    columns: 12,
    split: 'train',
    zoom: 1,
    ...options,
  } as const;
  for (const [what, value] of Object.entries({ rows, columns, zoom })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new InputError(`contactSheet: ${what}, got ${value}, wanted an integer of at least 1`);
    }
  }
  const shown = Math.min(rows, dataset.classes.length);
  const cellWidth = dataset.width * zoom + GAP;
  const cellHeight = dataset.height * zoom + GAP;
  const width = GAP + columns * cellWidth;
  const height = GAP + shown * cellHeight;
  const data = new Uint8Array(width * height * 3).fill(PAPER);
  const { labels, images } = dataset[split];
  const filled = new Int32Array(shown);
  for (const [i, label] of labels.entries()) {
    if (label >= shown || filled[label] === columns) continue;
    const left = GAP + filled[label]++ * cellWidth;
    const top = GAP + label * cellHeight;
    const from = i * dataset.height * dataset.width * dataset.channels;
    for (let y = 0; y < dataset.height * zoom; y++) {
      for (let x = 0; x < dataset.width * zoom; x++) {
        const source = from + (Math.floor(y / zoom) * dataset.width + Math.floor(x / zoom)) * dataset.channels;
        const target = ((top + y) * width + left + x) * 3;
        for (let channel = 0; channel < 3; channel++) {
          data[target + channel] = images[source + (dataset.channels === 1 ? 0 : channel)];
        }
      }
    }
  }
  return { data, width, height };
}
