import { InputError, rootStream, type Dataset, type Split, type Stream } from '@jembench/core';
import { datasetChecksum } from '../checksum.js';
import { smallerViews } from '../views.js';
import { forms, type FormName } from './forms.js';
import { paint } from './paint.js';
import { randomScene } from './scene.js';

export interface ShapesOptions {
  /** Root of all random numbers: a non-negative integer. */
  readonly seed: number;
  /** Training images, at least 1. */
  readonly train: number;
  /** Test images, at least 1. */
  readonly test: number;
  /** Height and width in pixels, at least 16. */
  readonly size: number;
}

const names = Object.keys(forms) as FormName[];

/**
 * No colour means anything here, so views take all of it: any hue, every second one gray. With the turns of a tenth that suit photographs
 * two views still share the ground's hue, and a method that learns just that has done what its loss asks.
 */
const colours = { hue: 0.5, gray: 0.5 };

/**
 * The procedural data set: RGB pictures of up to five copies of one form on light paper. The class is the form; position, size, turn, reflection,
 * lightness, colour, texture and shadow of each copy, the paper's colour and the noise are drawn anew and tell nothing of the class.
 *
 * Image i of a split is a function of (seed, split, i, size) alone: asking for more images adds to them and changes none. Labels come in
 * shuffled rounds of all classes, so every first `n` images are balanced to within one.
 *
 * @returns `classes.length` classes, RGB, with the same bytes in every JavaScript engine.
 * @throws InputError when an option is out of range.
 */
export function shapes(options: Partial<ShapesOptions> = {}): Dataset {
  const { seed, train, test, size } = { seed: 1, train: 4096, test: 1024, size: 32, ...options };
  for (const [what, value, least] of [
    ['train', train, 1],
    ['test', test, 1],
    ['size', size, 16],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < least) {
      throw new InputError(`shapes: ${what}, got ${value}, wanted an integer of at least ${least}`);
    }
  }
  const root = rootStream(seed).fork('shapes');
  const content = {
    classes: names,
    height: size,
    width: size,
    channels: 3,
    train: split(root.fork('train'), train, size),
    test: split(root.fork('test'), test, size),
  };
  return {
    name: 'shapes',
    ...content,
    checksum: datasetChecksum(content),
    notes: [],
    recipe: { ...colours, ...smallerViews(size, size) },
  };
}

function split(stream: Stream, count: number, size: number): Split {
  const labels = new Int32Array(count);
  const images = new Uint8Array(count * size * size * 3);
  let round: ArrayLike<number> = [];
  for (let i = 0; i < count; i++) {
    const turn = i % names.length;
    if (turn === 0)
      round = stream
        .fork('labels')
        .fork(i / names.length)
        .permutation(names.length);
    labels[i] = round[turn];
    const own = stream.fork(i);
    const form = forms[names[labels[i]]];
    paint(form, randomScene(own.fork('scene')), size, own.fork('noise'), images, i * size * size * 3);
  }
  return { images, labels, count };
}
