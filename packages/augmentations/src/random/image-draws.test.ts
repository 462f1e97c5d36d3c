import { InputError, rootStream, ShapeError } from '@jembench/core';
import { describe, expect, it } from 'vitest';
import { imageDraws } from './image-draws.js';

const stream = rootStream(5).fork('step');
const images = 20000;

/** The first `numbers` numbers of each image, image after image. */
function numbersOf(numbers: number, from = stream): Float64Array {
  const drawsOf = imageDraws('test', images, from);
  const all = new Float64Array(images * numbers);
  for (let n = 0; n < images; n++) {
    const draws = drawsOf(n);
    for (let i = 0; i < numbers; i++) all[n * numbers + i] = draws.uniform();
  }
  return all;
}

describe('imageDraws', () => {
  it('gives the same numbers everywhere', () => {
    const draws = imageDraws('test', 2, stream, [0, 2 ** 32 - 1]);
    const first = draws(0);
    expect([first.uniform(), first.uniform()]).toEqual([0.9775427409913391, 0.261792981531471]);
    expect(draws(1).uniform()).toBe(0.6486649261787534);
  });

  it('starts an image anew, whatever was drawn before, and takes nothing from the stream', () => {
    const draws = imageDraws('test', 3, stream, [7, 8, 7]);
    const seventh = draws(0).uniform();
    draws(1).uniform();
    expect(draws(2).uniform()).toBe(seventh);
    expect(imageDraws('test', 8, stream)(7).uniform()).toBe(seventh);
  });

  it.each([0, 1, 2])('number %d is uniform over images: 64 bins, chi-squared', (place) => {
    const bins = new Float64Array(64);
    const all = numbersOf(3);
    for (let n = 0; n < images; n++) bins[Math.floor(64 * all[3 * n + place])]++;
    const expected = images / 64;
    const statistic = bins.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 63 degrees of freedom: mean 63, deviation 11.2.
    expect(Math.abs(statistic - 63)).toBeLessThan(4 * 11.2);
  });

  it('is uncorrelated from image to image, number to number and stream to stream', () => {
    const correlation = (a: (n: number) => number, b: (n: number) => number): number => {
      let sum = 0;
      for (let n = 0; n + 1 < images; n++) sum += 12 * (a(n) - 0.5) * (b(n) - 0.5);
      return sum / Math.sqrt(images);
    };
    const one = numbersOf(2);
    const other = numbersOf(2, rootStream(5).fork('other'));
    const first = (n: number): number => one[2 * n];
    for (const second of [(n: number) => one[2 * n + 1], (n: number) => one[2 * n + 2], (n: number) => other[2 * n]]) {
      expect(Math.abs(correlation(first, second))).toBeLessThan(4); // standard deviations
    }
    expect(correlation(first, first)).toBeGreaterThan(100);
  });

  it('says what is wrong', () => {
    expect(() => imageDraws('test', 2, stream, [1])).toThrow(ShapeError);
    for (const bad of [-1, 0.5, NaN, 2 ** 32]) {
      expect(() => imageDraws('test', 1, stream, [bad])).toThrow(InputError);
    }
  });
});
