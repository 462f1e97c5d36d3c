import type { ImageBatch } from '@jembench/core';
import { integerFrom } from './checks.js';

/** Images as a data set has them in memory, NHWC: bytes, where v stands for v / 255. */
export interface ByteBatch extends Omit<ImageBatch, 'data'> {
  readonly data: Uint8Array;
}

/** Bytes as float32 in [0, 1]; floats as they are. */
export function floatImages(images: ImageBatch | ByteBatch): ImageBatch {
  const { data } = images;
  if (!(data instanceof Uint8Array)) return { ...images, data };
  const floats = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) floats[i] = data[i] / 255;
  return { ...images, data: floats };
}

/** Height and width of an output; a number means a square. */
export type Size = number | { readonly height: number; readonly width: number };

/** A copy to change in place. */
export function copyOf(images: ImageBatch): ImageBatch {
  return { ...images, data: images.data.slice() };
}

/** Zeros in the shape of `images`, with some lengths changed. */
export function blankLike(
  { count, height, width, channels }: Omit<ImageBatch, 'data'>,
  lengths: Partial<Pick<ImageBatch, 'height' | 'width' | 'channels'>> = {},
): ImageBatch {
  const shape = { count, height, width, channels, ...lengths };
  return { ...shape, data: new Float32Array(shape.count * shape.height * shape.width * shape.channels) };
}

/** Values between one image and the next. */
export function imageSize({ height, width, channels }: Omit<ImageBatch, 'data'>): number {
  return height * width * channels;
}

/** Height and width, at least 1. */
export function lengthsOf(where: string, size: Size): { readonly height: number; readonly width: number } {
  const { height, width } = typeof size === 'number' ? { height: size, width: size } : size;
  integerFrom(where, 'height of size', height, 1);
  integerFrom(where, 'width of size', width, 1);
  return { height, width };
}
