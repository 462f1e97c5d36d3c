import { InputError, type ImageBatch, type Stream } from '@jembench/core';
import { integerFrom } from '../checks.js';
import type { ViewOptions } from './options.js';
import { randomView } from './view.js';

export interface MultiCropOptions {
  /** One view each, usually two, of the size that the teacher sees. */
  readonly globals: readonly ViewOptions[];
  /** `count` more views of one kind, usually small. */
  readonly locals?: { readonly count: number; readonly view: ViewOptions };
}

/** All views of a batch: the global ones first, each a batch of its own. */
export type Views = (images: ImageBatch, stream: Stream, identities?: ArrayLike<number>) => ImageBatch[];

/**
 * Several views of each image, global and local, of different sizes.
 *
 * View i of its kind draws from `stream.fork('global<i>')` or `stream.fork('local<i>')`: the number of local views does not change the
 * global ones, nor the first local ones.
 *
 * @throws InputError for no views at all, or options out of range.
 * @see Caron et al., arXiv:2006.09882; arXiv:2104.14294
 */
export function multiCrop({ globals, locals }: MultiCropOptions): Views {
  const localCount = locals === undefined ? 0 : integerFrom('multiCrop', 'locals.count', locals.count, 0);
  if (globals.length + localCount === 0)
    throw new InputError('multiCrop: globals, got none and no locals, wanted a view');
  const views = globals.map((options, i) => ({ name: `global${i}`, view: randomView(options) }));
  const local = locals && randomView(locals.view);
  for (let i = 0; local && i < localCount; i++) views.push({ name: `local${i}`, view: local });
  return (images, stream, identities) => views.map(({ name, view }) => view(images, stream.fork(name), identities));
}
