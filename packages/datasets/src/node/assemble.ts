import { InputError, rootStream, type Dataset, type Split } from '@jembench/core';
import { datasetChecksum } from '../checksum.js';
import { squareResize } from '../resize.js';
import { stratifiedSubset } from '../subset.js';
import { smallerViews } from '../views.js';
import type { LoadOptions } from './options.js';

const splits = ['train', 'test'] as const;
const kind = { train: 'training', test: 'test' } as const;

/** Throws when the options that every source has are out of range. */
export function checkOptions(name: string, { seed, train, test, size }: LoadOptions): void {
  for (const [what, value, least] of [
    ['train', train, 1],
    ['test', test, 1],
    ['size', size, 8],
  ] as const) {
    if (value !== undefined && (!Number.isSafeInteger(value) || value < least)) {
      throw new InputError(`${name}: ${what}, got ${value}, wanted an integer of at least ${least}`);
    }
  }
  if (seed !== undefined) rootStream(seed);
}

/** Which of a split's images to take: all, or a stratified subset of `count`. */
export function choose(
  name: string,
  split: 'train' | 'test',
  labels: ArrayLike<number>,
  classes: number,
  options: LoadOptions,
): { readonly indices: Int32Array; readonly notes: readonly string[] } {
  const available = labels.length;
  const count = options[split];
  if (count === undefined || count === available)
    return { indices: Int32Array.from({ length: available }, (_, i) => i), notes: [] };
  if (count > available) {
    throw new InputError(
      `${name}: ${split}, got ${count}, wanted at most ${available}, the ${kind[split]} images that there are`,
    );
  }
  const seed = options.seed ?? 1;
  const indices = stratifiedSubset(labels, classes, count, rootStream(seed).fork('subset').fork(split));
  return {
    indices,
    notes: [`subset: ${count} of ${available} ${kind[split]} images, stratified by class, seed ${seed}`],
  };
}

/** Throws unless both splits have images and the training images are of two classes at least. */
export function checkContent({ name, train, test }: Pick<Dataset, 'name' | 'train' | 'test'>): void {
  for (const [split, { count }] of Object.entries({ train, test })) {
    if (count === 0) throw new InputError(`${name}: ${split} images, got none, wanted at least 1; check the data`);
  }
  const present = new Set(train.labels).size;
  if (present < 2) {
    throw new InputError(
      `${name}: classes of the training images, got ${present}, wanted at least 2; a probe needs something to tell apart`,
    );
  }
}

/** Subset, resize, check and sum up the images that a published source gave. */
export function assemble(whole: Omit<Dataset, 'checksum'>, options: LoadOptions): Dataset {
  checkContent(whole);
  const { height, width, channels, classes, name } = whole;
  const notes = [...whole.notes];
  const size = options.size ?? height;
  const square = height === size && width === size;
  if (options.size !== undefined && !square) notes.push(`resized: ${size} x ${size} from ${width} x ${height}`);
  const pixels = height * width * channels;
  const take = (split: 'train' | 'test'): Split => {
    const { images, labels } = whole[split];
    const chosen = choose(name, split, labels, classes.length, options);
    notes.push(...chosen.notes);
    if (chosen.notes.length === 0 && (options.size === undefined || square)) return whole[split];
    const count = chosen.indices.length;
    const outHeight = options.size ?? height;
    const outWidth = options.size ?? width;
    const target = new Uint8Array(count * outHeight * outWidth * channels);
    chosen.indices.forEach((index, n) => {
      const data = images.subarray(index * pixels, (index + 1) * pixels);
      const picture = options.size === undefined ? data : squareResize({ data, height, width, channels }, size).data;
      target.set(picture, n * outHeight * outWidth * channels);
    });
    return { images: target, labels: chosen.indices.map((index) => labels[index]), count };
  };
  const [train, test] = splits.map(take);
  const content = { classes, height: options.size ?? height, width: options.size ?? width, channels, train, test };
  const recipe = smallerViews(content.height, content.width);
  return { name, ...content, checksum: datasetChecksum(content), notes, recipe };
}
