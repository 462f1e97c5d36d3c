import { InputError, ShapeError } from './errors.js';
import type { Tensor } from './tf.js';

/** An argument's tensor and the letters of its shape, `'N D'`; a leading `...` stands for any further axes. */
export type ShapedArgument = readonly [tensor: Tensor, letters: string];

/**
 * Binds shape letters over several float32 arguments and returns their sizes.
 *
 *     const { N, D } = checkShapes('barlowTwins', { a: [a, 'N D'], b: [b, 'N D'] }, { N: 2 });
 *
 * @param where the function, as messages name it.
 * @param args the arguments by name, in the order in which the letters are bound: the first that has a letter decides its size.
 * @param minimum the smallest size allowed per letter, 1 where nothing is said.
 * @throws ShapeError "barlowTwins: b has D=4, wanted D=8 as in a", "covariance: z has N=1, wanted N >= 2", "covariance: z has rank 3,
 *   shape [2,3,4], wanted [N, D]", or for another dtype than float32.
 */
export function checkShapes(
  where: string,
  args: Readonly<Record<string, ShapedArgument>>,
  minimum: Readonly<Record<string, number>> = {},
): Record<string, number> {
  const sizes: Record<string, number> = {};
  const boundBy: Record<string, string> = {};
  for (const [name, [tensor, spec]] of Object.entries(args)) {
    const letters = spec.split(' ');
    const open = letters[0] === '...';
    if (open) letters.shift();
    checkRank(where, name, tensor, letters, open);
    checkDtype(where, name, tensor);
    const offset = tensor.rank - letters.length;
    letters.forEach((letter, i) => {
      const size = tensor.shape[offset + i];
      if (letter in sizes && sizes[letter] !== size) {
        throw new ShapeError(
          `${where}: ${name} has ${letter}=${size}, wanted ${letter}=${sizes[letter]} as in ${boundBy[letter]}`,
        );
      }
      const smallest = minimum[letter] ?? 1;
      if (size < smallest)
        throw new ShapeError(`${where}: ${name} has ${letter}=${size}, wanted ${letter} >= ${smallest}`);
      sizes[letter] = size;
      boundBy[letter] ??= name;
    });
    if (tensor.size === 0)
      throw new ShapeError(`${where}: ${name} is empty, got shape ${shapeText(tensor)}, wanted no axis of size 0`);
  }
  return sizes;
}

/** `[2,3]`: a shape as messages write it. */
export function shapeText({ shape }: Tensor): string {
  return `[${shape.join(',')}]`;
}

function checkRank(where: string, name: string, tensor: Tensor, letters: readonly string[], open: boolean): void {
  if (open ? tensor.rank >= letters.length : tensor.rank === letters.length) return;
  const wanted = [...(open ? ['...'] : []), ...letters].join(', ');
  throw new ShapeError(`${where}: ${name} has rank ${tensor.rank}, shape ${shapeText(tensor)}, wanted [${wanted}]`);
}

function checkDtype(where: string, name: string, tensor: Tensor): void {
  if (tensor.dtype === 'float32') return;
  throw new ShapeError(`${where}: ${name} has dtype ${tensor.dtype}, wanted float32; convert it with tf.cast`);
}

/** @throws ShapeError unless both tensors have the same shape: "ema: online has shape [2,3], wanted [3,2] as teacher". */
export function checkSameShape(where: string, name: string, tensor: Tensor, otherName: string, other: Tensor): void {
  if (tensor.rank === other.rank && tensor.shape.every((size, i) => size === other.shape[i])) return;
  throw new ShapeError(`${where}: ${name} has shape ${shapeText(tensor)}, wanted ${shapeText(other)} as ${otherName}`);
}

/** Bounds of a number option. `from` and `to` are allowed themselves, `above` and `below` are not. */
export interface NumberBounds {
  readonly from?: number;
  readonly above?: number;
  readonly to?: number;
  readonly below?: number;
  readonly integer?: boolean;
}

/** @throws InputError "sinkhorn: epsilon, got 0, wanted a finite number above 0". */
export function checkNumber(where: string, option: string, value: number, bounds: NumberBounds = {}): number {
  const { from, above, to, below, integer = false } = bounds;
  const valid =
    (integer ? Number.isSafeInteger(value) : Number.isFinite(value)) &&
    (from === undefined || value >= from) &&
    (above === undefined || value > above) &&
    (to === undefined || value <= to) &&
    (below === undefined || value < below);
  if (valid) return value;
  const range = [
    from === undefined ? '' : `from ${from}`,
    above === undefined ? '' : `above ${above}`,
    to === undefined ? '' : `to ${to}`,
    below === undefined ? '' : `below ${below}`,
  ].filter((part) => part !== '');
  const kind = integer ? 'an integer' : 'a finite number';
  throw new InputError(`${where}: ${option}, got ${String(value)}, wanted ${[kind, ...range].join(' ')}`);
}

/** @throws InputError "sinkhorn: domain, got "logs", wanted one of auto, plain, log". */
export function checkChoice<T extends string>(where: string, option: string, value: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === value);
  if (choice !== undefined) return choice;
  throw new InputError(`${where}: ${option}, got "${value}", wanted one of ${choices.join(', ')}`);
}
