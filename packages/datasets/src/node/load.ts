import { InputError, type Dataset } from '@jembench/core';
import { shapes } from '../shapes/shapes.js';
import { checkOptions } from './assemble.js';
import { loadFolder } from './load-folder.js';
import { loadPublished } from './load-published.js';
import type { LoadOptions } from './options.js';
import { published } from './published.js';

/** What `loadDataset` knows by name; `folder:DIR` comes beside them. */
export const datasetNames = ['shapes', ...(Object.keys(published) as (keyof typeof published)[])] as const;

/**
 * The data set of that name, in memory.
 *
 * `shapes` is made on the spot; `cifar10`, `cifar100`, `mnist` and `fashion-mnist` are read from `dataDir`, or from the cache, or downloaded
 * into it; `folder:DIR` is a folder of images. `train` and `test` limit the numbers of images by a seeded subset in proportion to the classes.
 *
 * @throws InputError, one line, when the name is unknown or data or options cannot be used.
 */
export async function loadDataset(name: string, options: LoadOptions = {}): Promise<Dataset> {
  checkOptions(name, options);
  options.signal?.throwIfAborted();
  if (name === 'shapes') {
    const { seed, train, test, size } = options;
    return shapes(defined({ seed, train, test, size }));
  }
  if (name.startsWith('folder:')) {
    const dir = name.slice('folder:'.length);
    if (dir === '') throw new InputError('folder: path, got nothing, wanted folder:DIR with a folder of images');
    return loadFolder(name, dir, options);
  }
  if (Object.hasOwn(published, name)) return loadPublished(name, published[name as keyof typeof published], options);
  throw new InputError(`dataset: name, got "${name}", wanted ${datasetNames.join(', ')} or folder:DIR`);
}

/** Without the keys whose value is undefined, which would hide defaults. */
function defined<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}
