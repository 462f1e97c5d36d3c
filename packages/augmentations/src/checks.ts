import { InputError, ShapeError, type ImageBatch } from '@jembench/core';

/** A closed range, `[low, high]`. */
export type Interval = readonly [low: number, high: number];

/** `value` if it is a finite number in [low, high]; NaN and the infinities never pass. */
export function inRange(where: string, what: string, value: number, low: number, high = Number.MAX_VALUE): number {
  if (!Number.isFinite(value) || value < low || value > high) {
    const wanted = high === Number.MAX_VALUE ? `a finite number of at least ${low}` : `a number from ${low} to ${high}`;
    throw new InputError(`${where}: ${what}, got ${value}, wanted ${wanted}`);
  }
  return value;
}

/** `value` if it is an integer of at least `low`. */
export function integerFrom(where: string, what: string, value: number, low: number): number {
  if (!Number.isSafeInteger(value) || value < low) {
    throw new InputError(`${where}: ${what}, got ${value}, wanted an integer of at least ${low}`);
  }
  return value;
}

/** `interval` if its ends are in [low, high] and in order. */
export function intervalIn(
  where: string,
  what: string,
  interval: Interval,
  low: number,
  high = Number.MAX_VALUE,
): Interval {
  const [from, to] = interval;
  inRange(where, `lower end of ${what}`, from, low, high);
  inRange(where, `upper end of ${what}`, to, low, high);
  if (from > to) throw new InputError(`${where}: ${what}, got ${from} to ${to}, wanted the lower end first`);
  return interval;
}

/** One value for all images, or one for each. */
export type PerImage<T> = T | readonly T[];

/** The value of image `n`, once `checkCount` has passed. */
export function valueOf<T>(values: PerImage<T>, n: number): T {
  return Array.isArray(values) ? (values as readonly T[])[n] : (values as T);
}

/** Refuses a list that is not one value an image. */
export function checkCount(where: string, what: string, values: PerImage<unknown>, count: number): void {
  if (Array.isArray(values) && values.length !== count) {
    throw new ShapeError(`${where}: ${what}, got ${values.length}, wanted one for each of the ${count} images`);
  }
}

/** What is checked of a batch, whatever its values are. */
type Shaped = Omit<ImageBatch, 'data'> & { readonly data: ArrayLike<number> };

/** Refuses a batch whose data does not fill its shape, or whose images are empty. */
export function checkImages(where: string, { data, count, height, width, channels }: Shaped): void {
  for (const [what, length] of Object.entries({ height, width, channels })) {
    if (!Number.isSafeInteger(length) || length < 1) {
      throw new ShapeError(`${where}: images have ${what} ${length}, wanted an integer of at least 1`);
    }
  }
  if (data.length !== count * height * width * channels) {
    throw new ShapeError(
      `${where}: images have ${data.length} values, wanted ${count * height * width * channels} for ${count} x ${height} x ${width} x ${channels}`,
    );
  }
}

/** Refuses images that are neither gray nor RGB. */
export function checkColours(where: string, images: Shaped): void {
  checkImages(where, images);
  if (images.channels !== 1 && images.channels !== 3) {
    throw new ShapeError(`${where}: images have ${images.channels} channels, wanted 1 (gray) or 3 (RGB)`);
  }
}
