import { InputError, type Stream } from '@jembench/core';
import { inRange, integerFrom } from '../checks.js';
import { exactExp, exactLog } from '../exact.js';
import { between, integer, shuffled, type Draws } from '../random/draws.js';
import { imageDraws } from '../random/image-draws.js';
import { maskOfOrder, type PatchMask } from './patch-mask.js';

export interface BlockMaskOptions {
  /** Share of the patches to mask, 0 to 1, rounded to whole patches; 0.6 by default, as Data2Vec's 120 of 196. */
  readonly ratio?: number;
  /** Area that a block is drawn from, in patches, at least 1; 4 by default (16 of 196 in Data2Vec). */
  readonly minPatches?: number;
  /** Upper end of it; no limit but the patches still to mask by default. */
  readonly maxPatches?: number;
  /** Height over width of a block is drawn log-uniformly from `minAspect` to its inverse; above 0, at most 1, 0.3 by default. */
  readonly minAspect?: number;
}

/** The patches of an image: `height` rows of `width`. */
export interface PatchGrid {
  readonly height: number;
  readonly width: number;
}

/**
 * BEiT's mask of rectangular blocks: rectangles are added while they fit into what is left to mask.
 *
 * Unlike BEiT, the rest that no rectangle fills (10 misses in a row) is masked patch by patch, at random, so that every image has
 * exactly `round(ratio * patches)` masked ones and a batch is a rectangle. Visible and masked patches are each in the order of the image.
 *
 * @param images how many masks.
 * @param identities names of the images, their places in the batch by default (see `imageDraws`).
 * @see Bao et al., arXiv:2106.08254, algorithm 1; Baevski et al., arXiv:2202.03555
 */
export function blockMask(
  images: number,
  grid: PatchGrid,
  options: BlockMaskOptions,
  stream: Stream,
  identities?: ArrayLike<number>,
): PatchMask {
  const { ratio = 0.6, minPatches = 4, maxPatches = Infinity, minAspect = 0.3 } = options;
  integerFrom('blockMask', 'images', images, 0);
  integerFrom('blockMask', 'height of the grid', grid.height, 1);
  integerFrom('blockMask', 'width of the grid', grid.width, 1);
  inRange('blockMask', 'ratio', ratio, 0, 1);
  inRange('blockMask', 'minPatches', minPatches, 1);
  inRange('blockMask', 'minAspect', minAspect, Number.MIN_VALUE, 1);
  if (!(maxPatches >= minPatches)) {
    throw new InputError(`blockMask: maxPatches, got ${maxPatches}, wanted at least minPatches, ${minPatches}`);
  }
  const patches = grid.height * grid.width;
  const target = Math.round(ratio * patches);
  const drawsOf = imageDraws('blockMask', images, stream, identities);
  const order = new Int32Array(images * patches);
  for (let n = 0; n < images; n++) {
    const own = drawsOf(n);
    const hidden = new Uint8Array(patches);
    let count = 0;
    while (count < target) {
      const room = Math.min(target - count, maxPatches);
      const added = addBlock(hidden, grid, minPatches, room, minAspect, own);
      if (added === 0) break;
      count += added;
    }
    addPatches(hidden, target - count, own);
    writeOrder(hidden, order.subarray(n * patches, (n + 1) * patches), patches - target);
  }
  return maskOfOrder(images, patches, patches - target, order);
}

/** Tries up to ten times to hide a rectangle of at most `room` new patches; the number that it hid. */
function addBlock(
  hidden: Uint8Array,
  grid: PatchGrid,
  minPatches: number,
  room: number,
  minAspect: number,
  draws: Draws,
): number {
  const logAspect = exactLog(minAspect);
  for (let attempt = 0; attempt < 10; attempt++) {
    const area = between(draws, [minPatches, room]);
    const aspect = exactExp(between(draws, [logAspect, -logAspect]));
    const height = Math.round(Math.sqrt(area * aspect));
    const width = Math.round(Math.sqrt(area / aspect));
    if (height < 1 || width < 1 || height >= grid.height || width >= grid.width) continue;
    const top = integer(draws, grid.height - height + 1);
    const left = integer(draws, grid.width - width + 1);
    const added = height * width - countIn(hidden, grid.width, top, left, height, width);
    if (added < 1 || added > room) continue;
    for (let y = top; y < top + height; y++) hidden.fill(1, y * grid.width + left, y * grid.width + left + width);
    return added;
  }
  return 0;
}

function countIn(hidden: Uint8Array, stride: number, top: number, left: number, height: number, width: number): number {
  let count = 0;
  for (let y = top; y < top + height; y++) {
    for (let x = left; x < left + width; x++) count += hidden[y * stride + x];
  }
  return count;
}

function addPatches(hidden: Uint8Array, missing: number, draws: Draws): void {
  if (missing === 0) return;
  const open = Array.from(hidden.keys()).filter((i) => hidden[i] === 0);
  for (const i of shuffled(draws, open).slice(0, missing)) hidden[i] = 1;
}

function writeOrder(hidden: Uint8Array, order: Int32Array, visibleCount: number): void {
  let visible = 0;
  let masked = visibleCount;
  for (let i = 0; i < hidden.length; i++) order[hidden[i] === 0 ? visible++ : masked++] = i;
}
