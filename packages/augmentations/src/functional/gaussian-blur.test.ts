import { InputError, rootStream, ShapeError, type ImageBatch } from '@jembench/core';
import { describe, expect, it } from 'vitest';
import { defaultTaps, gaussianBlur } from './gaussian-blur.js';

const gray = (rows: number[][]): ImageBatch => ({
  data: Float32Array.from(rows.flat()),
  count: 1,
  height: rows.length,
  width: rows[0].length,
  channels: 1,
});
const values = ({ data }: ImageBatch) => [...data];

// sigma for which a neighbour weighs half of the centre: the kernel is 1/4 1/2 1/4.
const half = 1 / Math.sqrt(2 * Math.LN2);

function noise(count: number, height: number, width: number, channels: number): ImageBatch {
  const stream = rootStream(5);
  const data = Float32Array.from({ length: count * height * width * channels }, () => stream.uniform());
  return { data, count, height, width, channels };
}

describe('gaussianBlur', () => {
  it('spreads a point over the products of 1/4 1/2 1/4', () => {
    const point = gray([
      [0, 0, 0],
      [0, 16, 0],
      [0, 0, 0],
    ]);
    const wanted = [1, 2, 1, 2, 4, 2, 1, 2, 1];
    for (const [i, value] of values(gaussianBlur(point, half, { padding: 'zero' })).entries()) {
      expect(value).toBeCloseTo(wanted[i], 5);
    }
  });

  it('darkens the border with zero padding: an edge of a flat image keeps 3/4', () => {
    const flat = gray([[1, 1, 1, 1]]);
    const [edge, inside] = values(gaussianBlur({ ...flat, height: 4, width: 1 }, half, { padding: 'zero' }));
    // One axis has a single pixel between two zeros: a factor 1/2 everywhere.
    expect(edge).toBeCloseTo(0.75 / 2, 6);
    expect(inside).toBeCloseTo(1 / 2, 6);
  });

  it('keeps a flat image flat with reflection', () => {
    for (const taps of [1, 3, 5, 9]) {
      const flat = { data: new Float32Array(48).fill(0.6), count: 1, height: 4, width: 4, channels: 3 };
      for (const value of values(gaussianBlur(flat, 1.3, { taps }))) expect(value).toBeCloseTo(0.6, 6);
    }
  });

  it('reflects without repeating the edge: left of 0 1 2 stands 1', () => {
    const [left, middle] = values(gaussianBlur(gray([[0, 8, 16]]), half, { taps: 3 }));
    expect(left).toBeCloseTo(0.25 * 8 + 0.5 * 0 + 0.25 * 8, 5);
    expect(middle).toBeCloseTo(8, 5);
  });

  it('reflects back and forth where the kernel is wider than the image', () => {
    const [left, right] = values(gaussianBlur(gray([[0, 1]]), 1e6, { taps: 7 }));
    // Flat weights of 1/7 over 1 0 1 (0) 1 0 1, and over 0 1 0 (1) 0 1 0.
    expect(left).toBeCloseTo(4 / 7, 6);
    expect(right).toBeCloseTo(3 / 7, 6);
  });

  it('leaves a single pixel as it is with reflection', () => {
    expect(values(gaussianBlur(gray([[0.7]]), 1, { taps: 5 }))[0]).toBeCloseTo(0.7, 7);
  });

  it('leaves an image as it is at sigma 0, and nearly so at a tiny one', () => {
    const images = noise(2, 4, 4, 3);
    expect(gaussianBlur(images, 0)).toEqual(images);
    expect(gaussianBlur(images, 1e-3)).toEqual(images);
  });

  it('does not mix channels', () => {
    const images = noise(1, 5, 6, 3);
    const blurred = gaussianBlur(images, 0.8, { taps: 5 });
    for (let c = 0; c < 3; c++) {
      const channel = (data: Float32Array) => data.filter((_, i) => i % 3 === c);
      const alone = gaussianBlur({ ...images, channels: 1, data: channel(images.data) }, 0.8, { taps: 5 });
      expect(channel(blurred.data)).toEqual(alone.data);
    }
  });

  it('gives every image its own sigma, and the same alone as in a batch', () => {
    const images = noise(3, 4, 4, 3);
    const sigmas = [0.5, 0, 2];
    const together = gaussianBlur(images, sigmas);
    for (const n of [0, 1, 2]) {
      const alone = gaussianBlur({ ...images, count: 1, data: images.data.slice(n * 48, n * 48 + 48) }, sigmas[n]);
      expect(together.data.slice(n * 48, n * 48 + 48)).toEqual(alone.data);
    }
  });

  it('spreads a NaN no further than the kernel reaches', () => {
    const blurred = values(gaussianBlur(gray([[NaN, 0, 0, 0]]), 1, { taps: 3 }));
    expect(blurred.map(Number.isNaN)).toEqual([true, true, false, false]);
  });

  it('says what is wrong', () => {
    const images = noise(1, 4, 4, 1);
    expect(() => gaussianBlur(images, -1)).toThrow(/sigma, got -1/);
    expect(() => gaussianBlur(images, NaN)).toThrow(InputError);
    expect(() => gaussianBlur(images, 1, { taps: 4 })).toThrow(/taps, got 4, wanted an odd number/);
    expect(() => gaussianBlur(images, 1, { padding: 'edge' as 'zero' })).toThrow(/wanted reflect or zero/);
    expect(() => gaussianBlur(images, [1, 1])).toThrow(ShapeError);
  });
});

describe('defaultTaps', () => {
  it("is BYOL's 23 at 224 pixels and 3 at 32, and never 1", () => {
    expect([224, 32, 16].map(defaultTaps)).toEqual([23, 3, 3]);
  });
});
