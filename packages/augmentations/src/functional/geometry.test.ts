import { InputError, rootStream, ShapeError, type ImageBatch } from '@jembench/core';
import { describe, expect, it } from 'vitest';
import { horizontalFlip } from './horizontal-flip.js';
import { resizedCrop, type CropBox } from './resized-crop.js';

const gray = (rows: number[][]): ImageBatch => ({
  data: Float32Array.from(rows.flat()),
  count: 1,
  height: rows.length,
  width: rows[0].length,
  channels: 1,
});

function noise(count: number, height: number, width: number, channels: number): ImageBatch {
  const stream = rootStream(7);
  const data = Float32Array.from({ length: count * height * width * channels }, () => stream.uniform());
  return { data, count, height, width, channels };
}

const whole = ({ height, width }: ImageBatch): CropBox => ({ top: 0, left: 0, height, width });
const values = ({ data }: ImageBatch) => [...data];

describe('resizedCrop', () => {
  it('leaves the whole image at its own size as it is, bit for bit', () => {
    for (const antialias of [true, false]) {
      const images = noise(2, 5, 7, 3);
      expect(resizedCrop(images, whole(images), { antialias })).toEqual(images);
    }
  });

  it('keeps a NaN where it is, and lets nothing but its neighbours see it', () => {
    const images = gray([[0, NaN, 1, 1]]);
    expect(values(resizedCrop(images, whole(images)))).toEqual([0, NaN, 1, 1]);
    expect(values(resizedCrop(images, whole(images), { size: { height: 1, width: 8 } })).slice(6)).toEqual([1, 1]);
  });

  it('cuts out the pixels of the box when the size is that of the box', () => {
    const images = gray([
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ]);
    const box = { top: 1, left: 0, height: 2, width: 2 };
    expect(values(resizedCrop(images, box, { size: 2 }))).toEqual([4, 5, 7, 8]);
  });

  it('interpolates at half-pixel centres: 0 1 becomes 0 1/4 3/4 1', () => {
    const images = gray([[0, 1]]);
    const wide = resizedCrop(images, whole(images), { size: { height: 1, width: 4 } });
    expect(values(wide)).toEqual([0, 0.25, 0.75, 1]);
  });

  it('interpolates both ways in a 2 x 2 image', () => {
    const images = gray([
      [0, 4],
      [8, 12],
    ]);
    const big = resizedCrop(images, whole(images), { size: 4 });
    expect(values(big).slice(0, 8)).toEqual([0, 1, 3, 4, 2, 3, 5, 6]);
  });

  it('shrinks by sampling without antialias, by averaging with it', () => {
    const images = gray([[0, 0, 7, 7]]);
    const size = { height: 1, width: 2 };
    expect(values(resizedCrop(images, whole(images), { size, antialias: false }))).toEqual([0, 7]);
    // A triangle of weights 3 3 1 over 7, and its mirror image.
    const [left, right] = values(resizedCrop(images, whole(images), { size, antialias: true }));
    expect(left).toBeCloseTo(1, 6);
    expect(right).toBeCloseTo(6, 6);
  });

  it('does not antialias where it grows', () => {
    const images = noise(1, 4, 6, 3);
    const grown = (antialias: boolean) =>
      resizedCrop(images, whole(images), { size: { height: 9, width: 6 }, antialias });
    expect(grown(true)).toEqual(grown(false));
  });

  it('makes a single pixel fill the image', () => {
    const images = gray([
      [1, 2],
      [3, 4],
    ]);
    const box = { top: 1, left: 0, height: 1, width: 1 };
    expect(values(resizedCrop(images, box, { size: 3 }))).toEqual(Array(9).fill(3));
    const one = gray([[0.5]]);
    expect(values(resizedCrop(one, whole(one), { size: 2 }))).toEqual([0.5, 0.5, 0.5, 0.5]);
  });

  it('mirrors the result in the same pass', () => {
    const images = noise(3, 8, 8, 3);
    const box = { top: 1, left: 2, height: 5, width: 6 };
    const flip = [true, false, true];
    expect(resizedCrop(images, box, { flip })).toEqual(horizontalFlip(resizedCrop(images, box), flip));
  });

  it('gives every image its own box, whatever batch it is in', () => {
    const images = noise(3, 8, 8, 3);
    const boxes = [0, 1, 2].map((n) => ({ top: n, left: 0, height: 8 - n, width: 5 + n }));
    const together = resizedCrop(images, boxes, { size: 4 });
    for (const n of [0, 1, 2]) {
      const alone = resizedCrop({ ...images, count: 1, data: images.data.slice(n * 192, n * 192 + 192) }, boxes[n], {
        size: 4,
      });
      expect(together.data.slice(n * 48, n * 48 + 48)).toEqual(alone.data);
    }
  });

  it('takes no images at all', () => {
    const none = { data: new Float32Array(0), count: 0, height: 4, width: 4, channels: 3 };
    expect(resizedCrop(none, [], { size: 2 })).toEqual({ ...none, height: 2, width: 2 });
  });

  it('says what is wrong', () => {
    const images = noise(1, 4, 4, 1);
    const box = { top: 0, left: 0, height: 4, width: 4 };
    expect(() => resizedCrop(images, { ...box, top: 1 })).toThrow(
      /box, got 4 x 4 at \(1, 0\), wanted whole pixels inside 4 x 4/,
    );
    expect(() => resizedCrop(images, { ...box, width: 0 })).toThrow(InputError);
    expect(() => resizedCrop(images, { ...box, left: NaN })).toThrow(InputError);
    expect(() => resizedCrop(images, { ...box, height: 2.5 })).toThrow(InputError);
    expect(() => resizedCrop(images, box, { size: 0 })).toThrow(/height of size, got 0/);
    expect(() => resizedCrop(images, [box, box])).toThrow(/boxes, got 2, wanted one for each of the 1 images/);
    expect(() => resizedCrop({ ...images, height: 5 }, box)).toThrow(ShapeError);
    expect(() => resizedCrop({ ...images, width: 0 }, box)).toThrow(/width 0/);
  });
});

describe('horizontalFlip', () => {
  it('mirrors rows and keeps the channels of a pixel together', () => {
    const images = { data: Float32Array.of(1, 2, 3, 4, 5, 6), count: 1, height: 1, width: 2, channels: 3 };
    expect(values(horizontalFlip(images))).toEqual([4, 5, 6, 1, 2, 3]);
  });

  it('undoes itself', () => {
    const images = noise(2, 3, 5, 3);
    expect(horizontalFlip(horizontalFlip(images))).toEqual(images);
  });

  it('leaves alone the images that are not to be flipped', () => {
    const images = noise(2, 3, 5, 1);
    const flipped = horizontalFlip(images, [true, false]);
    expect(flipped.data.slice(15)).toEqual(images.data.slice(15));
    expect(flipped.data.slice(0, 15)).not.toEqual(images.data.slice(0, 15));
    expect(() => horizontalFlip(images, [true])).toThrow(ShapeError);
  });
});
