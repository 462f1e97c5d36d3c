import seedrandom from 'seedrandom';
import { InputError } from '../errors.js';

/**
 * A named source of random numbers.
 *
 * A stream is a pure function of its path (`root/stream/epoch/step/...`): `fork` never consumes numbers of its parent, so adding a
 * consumer somewhere cannot shift the numbers of another. Two streams of the same path give the same numbers.
 */
export interface Stream {
  /** The full path, root seed first. */
  readonly path: string;
  /** The independent stream below this one with that name. */
  fork(name: string | number): Stream;
  /** Uniform in [0, 1), 32 random bits. */
  uniform(): number;
  /** Uniform integer in [0, bound); `bound` a positive integer below 2^32. */
  integer(bound: number): number;
  /** Standard normal (Marsaglia's polar method). */
  normal(): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** A uniformly random permutation of 0 .. length - 1 (Fisher-Yates). */
  permutation(length: number): Int32Array;
}

class AleaStream implements Stream {
  readonly #next: () => number;
  #spare: number | undefined;

  constructor(readonly path: string) {
    this.#next = seedrandom.alea(path);
  }

  fork(name: string | number): Stream {
    const part = String(name);
    if (part === '' || part.includes('/')) {
      throw new InputError(`stream ${this.path}: fork name, got "${part}", wanted a non-empty name without "/"`);
    }
    return new AleaStream(`${this.path}/${part}`);
  }

  uniform(): number {
    return this.#next();
  }

  integer(bound: number): number {
    return Math.floor(this.#next() * bound);
  }

  normal(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare;
    }
    for (;;) {
      const x = 2 * this.#next() - 1;
      const y = 2 * this.#next() - 1;
      const r = x * x + y * y;
      if (r > 0 && r < 1) {
        const scale = Math.sqrt((-2 * Math.log(r)) / r);
        this.#spare = y * scale;
        return x * scale;
      }
    }
  }

  chance(probability: number): boolean {
    return this.#next() < probability;
  }

  permutation(length: number): Int32Array {
    const order = Int32Array.from({ length }, (_, i) => i);
    for (let i = length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const swap = order[i];
      order[i] = order[j];
      order[j] = swap;
    }
    return order;
  }
}

/**
 * The stream at the root of everything random in a run.
 *
 * @param seed a non-negative safe integer; 0 is a seed like any other.
 */
export function rootStream(seed: number): Stream {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new InputError(`rootStream: seed, got ${seed}, wanted an integer from 0 to 2^53 - 1`);
  }
  return new AleaStream(String(seed));
}
