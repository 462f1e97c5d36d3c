import { InputError, ShapeError, type Stream } from '@jembench/core';
import type { Draws } from './draws.js';

/** Steps between seeding the generator and its first number: by then each bit of the seed has reached every bit of the state. */
const warmup = 15;

/**
 * The random numbers of one image after another: a small generator, seeded anew for each image.
 *
 * Two words of the seed come from a stream, the third is the image's identity. Seeding a stream of its own for each image and step would
 * cost more than drawing from it: its path is hashed three times.
 *
 * @see Doty-Humphrey, PractRand: sfc32, 128 bits of state, one of its words a counter; seeded with three words
 */
class ImageGenerator implements Draws {
  readonly #key0: number;
  readonly #key1: number;
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 0;

  constructor(stream: Stream) {
    const words = stream.fork('images');
    this.#key0 = words.integer(2 ** 32);
    this.#key1 = words.integer(2 ** 32);
  }

  /** Starts the numbers of an image. */
  seed(identity: number): this {
    this.#a = this.#key0 | 0;
    this.#b = this.#key1 | 0;
    this.#c = identity | 0;
    this.#counter = 1;
    for (let i = 0; i < warmup; i++) this.#next();
    return this;
  }

  /** Uniform in [0, 1), 32 random bits. */
  uniform(): number {
    return (this.#next() >>> 0) * 2 ** -32;
  }

  #next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum;
  }
}

/**
 * The random numbers of each image, a function of the stream and the image's identity alone. Valid until those of the next are asked for.
 *
 * @param identities what an image is called, an integer below 2^32, by default its place in the batch. With places in the data set, an
 *   image gets the same numbers whatever batch it is in.
 */
export function imageDraws(
  where: string,
  count: number,
  stream: Stream,
  identities?: ArrayLike<number>,
): (n: number) => Draws {
  const generator = new ImageGenerator(stream);
  if (identities === undefined) return (n) => generator.seed(n);
  if (identities.length !== count) {
    throw new ShapeError(`${where}: identities, got ${identities.length}, wanted one for each of the ${count} images`);
  }
  for (let n = 0; n < count; n++) {
    const identity = identities[n];
    if (!Number.isInteger(identity) || identity < 0 || identity >= 2 ** 32) {
      throw new InputError(`${where}: identities[${n}], got ${identity}, wanted an integer from 0 to 2^32 - 1`);
    }
  }
  return (n) => generator.seed(identities[n]);
}

/** Calls `sample` with the numbers of each image. */
export function sampledForEach<T>(
  where: string,
  count: number,
  stream: Stream,
  identities: ArrayLike<number> | undefined,
  sample: (draws: Draws) => T,
): T[] {
  const drawsOf = imageDraws(where, count, stream, identities);
  const samples: T[] = [];
  for (let n = 0; n < count; n++) samples.push(sample(drawsOf(n)));
  return samples;
}
