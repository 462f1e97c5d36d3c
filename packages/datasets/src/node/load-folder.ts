import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError, rootStream, type Dataset, type Split } from '@jembench/core';
import { datasetChecksum } from '../checksum.js';
import { squareResize } from '../resize.js';
import { smallerViews } from '../views.js';
import { checkContent, choose } from './assemble.js';
import { fileError } from './file-errors.js';
import { decodeImage } from './image.js';
import type { LoadOptions } from './options.js';

const IMAGE = /\.(png|jpe?g)$/i;

/** Part of each class that becomes test images where the folder has no split of its own. */
const TEST_SHARE = 0.2;

interface Listing {
  readonly paths: string[];
  readonly labels: number[];
}

/**
 * A folder of images: `CLASS/name.png|jpg|jpeg`, or `train/CLASS/...` with `test/CLASS/...` or `val/CLASS/...`.
 *
 * Classes and files are taken in the order of their names (by code unit, whatever the locale). Without a split of its own, a seeded fifth of
 * each class becomes the test split. Each image is cut to its largest centred square and resized to `size` (32). The data set has one channel if
 * every image is gray (all three channels equal), else three. Files of other kinds and hidden files are left out and counted in `notes`.
 *
 * @param name as the user gave it, for messages and the data set's name.
 * @throws InputError when the folder, a class or an image cannot be used.
 */
export async function loadFolder(name: string, dir: string, options: LoadOptions): Promise<Dataset> {
  const size = options.size ?? 32;
  const notes: string[] = [];
  const top = await classNames(name, dir);
  const held = ['test', 'val'].find((split) => top.includes(split));
  let classes: readonly string[];
  let listings: { train: Listing; test: Listing };
  if (top.includes('train') && held !== undefined) {
    classes = await classNames(name, join(dir, 'train'));
    const others = (await classNames(name, join(dir, held))).filter((other) => !classes.includes(other));
    if (others.length > 0) {
      throw new InputError(
        `${name}: classes of ${held}, got "${others[0]}", wanted those of train (${some(classes)}); check the folders`,
      );
    }
    const absent = top.filter((other) => other !== 'train' && other !== held);
    if (absent.length > 0) notes.push(`not used beside train and ${held}: ${absent.join(', ')}`);
    listings = {
      train: await list(name, join(dir, 'train'), classes, notes),
      test: await list(name, join(dir, held), classes, notes, 'sparse'),
    };
  } else {
    classes = top;
    const all = await list(name, dir, classes, notes);
    listings = seededSplit(name, all, classes, options.seed ?? 1);
    notes.push(
      `split: ${listings.test.paths.length} of ${all.paths.length} images held out for testing, stratified by class, seed ${options.seed ?? 1}`,
    );
  }
  const wanted = { train: subset('train'), test: subset('test') };
  const total = wanted.train.paths.length + wanted.test.paths.length;
  let done = 0;
  const shapesSeen = new Set<string>();
  let gray = true;
  const train = await read(wanted.train);
  const test = await read(wanted.test);
  if (shapesSeen.size > 1 || !shapesSeen.has(`${size} x ${size}`)) {
    const seen = shapesSeen.size === 1 ? [...shapesSeen][0] : `${shapesSeen.size} sizes`;
    notes.push(`resized: ${size} x ${size}, the centred square, from ${seen}`);
  }
  const channels = gray ? 1 : 3;
  const content = {
    classes,
    height: size,
    width: size,
    channels,
    train: gray ? oneChannel(train) : train,
    test: gray ? oneChannel(test) : test,
  };
  checkContent({ name, ...content });
  return { name, ...content, checksum: datasetChecksum(content), notes, recipe: smallerViews(size, size) };

  function subset(split: 'train' | 'test'): Listing {
    const { paths, labels } = listings[split];
    const chosen = choose(name, split, labels, classes.length, options);
    notes.push(...chosen.notes);
    const indices = Array.from(chosen.indices);
    return { paths: indices.map((i) => paths[i]), labels: indices.map((i) => labels[i]) };
  }

  async function read({ paths, labels }: Listing): Promise<Split> {
    const images = new Uint8Array(paths.length * size * size * 3);
    for (const [n, path] of paths.entries()) {
      options.signal?.throwIfAborted();
      const bytes = await readFile(path).catch((error: unknown) => {
        throw fileError(name, 'read', path, error);
      });
      const picture = decodeImage(bytes, path);
      shapesSeen.add(`${picture.width} x ${picture.height}`);
      const { data } = squareResize(picture, size);
      for (let i = 0; gray && i < data.length; i += 3) gray = data[i] === data[i + 1] && data[i] === data[i + 2];
      images.set(data, n * size * size * 3);
      options.onProgress?.({ phase: 'read', file: path, done: ++done, total });
    }
    return { images, labels: Int32Array.from(labels), count: paths.length };
  }
}

/** Names of the folders in `dir` that may be classes: not hidden, in order. */
async function classNames(name: string, dir: string): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await entries(name, dir)) {
    if (entry.folder) names.push(entry.name);
  }
  if (names.length === 0) {
    throw new InputError(
      `${name}: classes in ${dir}, got no folder, wanted one a class with .png, .jpg or .jpeg images; check the path`,
    );
  }
  return names;
}

/** All images of the class folders in `dir`. Every class has some, unless the listing may be `sparse`. */
async function list(
  name: string,
  dir: string,
  classes: readonly string[],
  notes: string[],
  sparse?: 'sparse',
): Promise<Listing> {
  const listing: Listing = { paths: [], labels: [] };
  const present = new Set(await classNames(name, dir));
  let leftOut = 0;
  for (const [label, className] of classes.entries()) {
    const folder = join(dir, className);
    const files = present.has(className) ? await entries(name, folder) : [];
    const images = files.filter((entry) => !entry.folder && IMAGE.test(entry.name));
    leftOut += files.length - images.length;
    if (images.length === 0 && !sparse) {
      throw new InputError(
        `${name}: images in ${folder}, got none, wanted at least 1 .png, .jpg or .jpeg; add some or remove the folder`,
      );
    }
    for (const image of images) {
      listing.paths.push(join(folder, image.name));
      listing.labels.push(label);
    }
  }
  if (leftOut > 0) notes.push(`left out: ${leftOut} files or folders in ${dir} that are not .png, .jpg or .jpeg`);
  return listing;
}

/** Visible entries in the order of their names; links are followed. */
async function entries(name: string, dir: string): Promise<{ name: string; folder: boolean }[]> {
  try {
    const found = (await readdir(dir)).filter((entry) => !entry.startsWith('.')).sort(byCodeUnit);
    return await Promise.all(
      found.map(async (entry) => ({ name: entry, folder: (await stat(join(dir, entry))).isDirectory() })),
    );
  } catch (error) {
    throw fileError(name, 'read folder', dir, error);
  }
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function seededSplit(
  name: string,
  all: Listing,
  classes: readonly string[],
  seed: number,
): { train: Listing; test: Listing } {
  const train: Listing = { paths: [], labels: [] };
  const test: Listing = { paths: [], labels: [] };
  classes.forEach((className, label) => {
    const members = all.paths.filter((_, i) => all.labels[i] === label);
    if (members.length < 2) {
      throw new InputError(
        `${name}: images of class ${className}, got ${members.length}, wanted at least 2, one to train and one to test; add some or remove the folder`,
      );
    }
    const heldOut = Math.max(1, Math.floor(members.length * TEST_SHARE));
    const order = rootStream(seed).fork('folder-split').fork(label).permutation(members.length);
    const testMembers = new Set(order.subarray(0, heldOut));
    members.forEach((path, i) => {
      const target = testMembers.has(i) ? test : train;
      target.paths.push(path);
      target.labels.push(label);
    });
  });
  return { train, test };
}

function oneChannel({ images, labels, count }: Split): Split {
  return { images: images.filter((_, i) => i % 3 === 0), labels, count };
}

function some(names: readonly string[]): string {
  return names.length > 5 ? `${names.slice(0, 5).join(', ')}, ...` : names.join(', ');
}
