import { InputError, rootStream, ShapeError, type ImageBatch } from '@jembench/core';
import { describe, expect, it } from 'vitest';
import { brightness, colourAdjustment, contrast, hue, saturation, type ColourOperation } from './colour.js';
import { grayscale } from './grayscale.js';
import { normalise } from './normalise.js';
import { solarise } from './solarise.js';

const rgb = (...pixels: number[][]): ImageBatch => ({
  data: Float32Array.from(pixels.flat()),
  count: 1,
  height: 1,
  width: pixels.length,
  channels: 3,
});
const gray = (...values: number[]): ImageBatch => ({
  data: Float32Array.from(values),
  count: 1,
  height: 1,
  width: values.length,
  channels: 1,
});
const values = ({ data }: ImageBatch) => [...data];

function noise(count: number, channels: number): ImageBatch {
  const stream = rootStream(3);
  const data = Float32Array.from({ length: count * 16 * channels }, () => stream.uniform());
  return { data, count, height: 4, width: 4, channels };
}

const red = [1, 0, 0];
const green = [0, 1, 0];
const blue = [0, 0, 1];
const operations = { brightness, contrast, saturation, hue };
const neutral: Record<ColourOperation, number> = { brightness: 1, contrast: 1, saturation: 1, hue: 0 };

describe.each(Object.entries(operations))('%s', (name, operation) => {
  const amounts = name === 'hue' ? [-0.5, 0.1, 0.3] : [0, 0.6, 1.8];

  it('changes nothing at its neutral amount', () => {
    const images = noise(2, 3);
    const same = operation(images, neutral[name as ColourOperation]);
    // The third channel goes through a division and back, in float64: one rounding to float32 at most.
    for (const [i, value] of same.data.entries())
      expect(Math.abs(value - images.data[i])).toBeLessThanOrEqual(2 ** -24);
  });

  it('keeps values in [0, 1] and its argument as it was', () => {
    const images = noise(2, 3);
    const before = images.data.slice();
    for (const amount of amounts) {
      for (const value of operation(images, amount).data) expect(value >= 0 && value <= 1).toBe(true);
    }
    expect(images.data).toEqual(before);
  });

  it('gives every image its own amount, and the same alone as in a batch', () => {
    const images = noise(3, 3);
    const together = operation(images, amounts);
    for (const n of [0, 1, 2]) {
      const alone = operation({ ...images, count: 1, data: images.data.slice(n * 48, n * 48 + 48) }, amounts[n]);
      expect(together.data.slice(n * 48, n * 48 + 48)).toEqual(alone.data);
    }
  });

  it('keeps a NaN', () => {
    for (const pixel of [
      [NaN, 0.5, 0.25],
      [0.5, NaN, 0.5],
      [0.5, 0.5, NaN],
    ]) {
      const at = pixel.findIndex(Number.isNaN);
      expect(operation(rgb(pixel), amounts[1]).data[at]).toBeNaN();
    }
  });

  it('takes gray images, a single pixel, and no image at all', () => {
    expect(operation(noise(2, 1), amounts[1]).channels).toBe(1);
    expect(operation(rgb([0.2, 0.4, 0.6]), amounts[1]).data).toHaveLength(3);
    expect(operation({ ...noise(0, 3), count: 0 }, amounts[1]).data).toHaveLength(0);
  });

  it('says what is wrong', () => {
    const images = noise(2, 3);
    for (const bad of [name === 'hue' ? 0.6 : -0.1, NaN, Infinity]) {
      expect(() => operation(images, bad)).toThrow(InputError);
    }
    expect(() => operation(images, [1])).toThrow(/factors, got 1, wanted one for each of the 2 images/);
    expect(() => operation({ ...images, channels: 2, width: 6 }, 0.1)).toThrow(ShapeError);
  });
});

describe('brightness', () => {
  it('multiplies and clamps', () => {
    expect(values(brightness(gray(0.25, 0.75), 2))).toEqual([0.5, 1]);
    expect(values(brightness(gray(0.25, 0.75), 0))).toEqual([0, 0]);
  });
});

describe('contrast', () => {
  it('spreads values around their mean, or draws them into it', () => {
    expect(values(contrast(gray(0.25, 0.75), 2))).toEqual([0, 1]);
    expect(values(contrast(gray(0.25, 0.75), 0.5))).toEqual([0.375, 0.625]);
    expect(values(contrast(gray(0.25, 0.75), 0))).toEqual([0.5, 0.5]);
  });

  it('takes the mean gray value of a colour image', () => {
    const flat = contrast(rgb(red, blue), 0);
    for (const value of flat.data) expect(value).toBeCloseTo((0.2989 + 0.114) / 2, 7);
  });
});

describe('saturation', () => {
  it('at 0 is grayscale', () => {
    const images = noise(2, 3);
    expect(saturation(images, 0)).toEqual(grayscale(images));
  });

  it('leaves gray images as they are', () => {
    const images = noise(2, 1);
    expect(saturation(images, 0.3)).toEqual(images);
  });
});

describe('hue', () => {
  it('turns red to cyan at half the circle, either way', () => {
    expect(values(hue(rgb(red), 0.5))).toEqual([0, 1, 1]);
    expect(values(hue(rgb(red), -0.5))).toEqual([0, 1, 1]);
  });

  it('turns red to green to blue to red by thirds', () => {
    const turned = values(hue(rgb(red, green, blue), 1 / 3));
    for (const [i, wanted] of [green, blue, red].flat().entries()) expect(turned[i]).toBeCloseTo(wanted, 7);
  });

  it('turns red half way to yellow by a twelfth: orange', () => {
    const [r, g, b] = values(hue(rgb(red), 1 / 12));
    expect([r, b]).toEqual([1, 0]);
    expect(g).toBeCloseTo(0.5, 7);
  });

  it('keeps the largest and the smallest channel of every pixel', () => {
    const images = noise(1, 3);
    const turned = hue(images, 0.23);
    for (let i = 0; i < images.data.length; i += 3) {
      const extremes = (data: Float32Array) => [Math.min(...data.slice(i, i + 3)), Math.max(...data.slice(i, i + 3))];
      expect(extremes(turned.data)).toEqual(extremes(images.data));
    }
  });

  it('comes back when turned back, to two roundings', () => {
    const images = noise(2, 3);
    const back = hue(hue(images, 0.17), -0.17);
    for (const [i, value] of back.data.entries()) expect(Math.abs(value - images.data[i])).toBeLessThan(2 ** -22);
  });

  it('leaves gray pixels and gray images as they are', () => {
    expect(values(hue(rgb([0.3, 0.3, 0.3]), 0.2))).toEqual(values(rgb([0.3, 0.3, 0.3])));
    const images = noise(2, 1);
    expect(hue(images, 0.2)).toEqual(images);
  });

  it('is continuous where the circle closes', () => {
    const [near] = [values(hue(rgb([1, 0, 1e-9]), 0))];
    expect(near[0]).toBe(1);
    expect(near[1]).toBeLessThan(1e-8);
    expect(near[2]).toBeLessThan(1e-8);
  });
});

describe('colourAdjustment', () => {
  it('is the operations one after another, bit for bit', () => {
    const images = noise(2, 3);
    const chained = colourAdjustment(images, [
      { operation: 'hue', amount: 0.1 },
      { operation: 'contrast', amount: 0.5 },
      { operation: 'brightness', amount: 1.4 },
      { operation: 'saturation', amount: 0.7 },
    ]);
    expect(chained).toEqual(saturation(brightness(contrast(hue(images, 0.1), 0.5), 1.4), 0.7));
  });

  it('takes a list for each image, an empty one too', () => {
    const images = noise(2, 3);
    const changed = colourAdjustment(images, [[], [{ operation: 'brightness', amount: 0 }]]);
    expect(changed.data.slice(0, 48)).toEqual(images.data.slice(0, 48));
    expect(changed.data.slice(48)).toEqual(new Float32Array(48));
    expect(colourAdjustment(images, [])).toEqual(images);
  });

  it('names the operations it knows', () => {
    const steps = [{ operation: 'sharpness' as ColourOperation, amount: 1 }];
    expect(() => colourAdjustment(noise(1, 3), steps)).toThrow(/got "sharpness", wanted one of brightness, contrast/);
    expect(() => colourAdjustment(noise(2, 3), [[]])).toThrow(/steps, got 1, wanted one for each of the 2 images/);
  });
});

describe('grayscale', () => {
  it('weighs red, green and blue', () => {
    const weights = values(grayscale(rgb(red, green, blue), { channels: 1 }));
    for (const [i, wanted] of [0.2989, 0.587, 0.114].entries()) expect(weights[i]).toBe(Math.fround(wanted));
  });

  it('repeats the gray value in every channel', () => {
    const images = rgb([0.2, 0.4, 0.6]);
    const [only] = values(grayscale(images, { channels: 1 }));
    expect(values(grayscale(images))).toEqual([only, only, only]);
  });

  it('leaves gray images as they are, or repeats them', () => {
    expect(grayscale(gray(0.1, 0.2))).toEqual(gray(0.1, 0.2));
    expect(values(grayscale(gray(0.25), { channels: 3 }))).toEqual([0.25, 0.25, 0.25]);
  });

  it('changes only the images it is asked to', () => {
    const images = noise(2, 3);
    const some = grayscale(images, { apply: [false, true] });
    expect(some.data.slice(0, 48)).toEqual(images.data.slice(0, 48));
    expect(some.data.slice(48)).toEqual(grayscale(images).data.slice(48));
    expect(() => grayscale(images, { apply: [false, true], channels: 1 })).toThrow(InputError);
    expect(() => grayscale(images, { channels: 2 as 1 })).toThrow(/channels, got 2, wanted 1 or 3/);
  });
});

describe('solarise', () => {
  it('inverts from the threshold on, the threshold included', () => {
    expect(values(solarise(gray(0.25, 0.5, 0.75, 1)))).toEqual([0.25, 0.5, 0.25, 0]);
    expect(values(solarise(gray(0.25, 0.5), { threshold: 0.25 }))).toEqual([0.75, 0.5]);
    expect(values(solarise(gray(NaN)))).toEqual([NaN]);
  });

  it('inverts everything at threshold 0, and undoes itself there', () => {
    const images = gray(0, 0.25, 1);
    expect(values(solarise(images, { threshold: 0 }))).toEqual([1, 0.75, 0]);
    expect(solarise(solarise(images, { threshold: 0 }), { threshold: 0 })).toEqual(images);
  });

  it('changes only the images it is asked to', () => {
    const images = noise(2, 1);
    const some = solarise(images, { threshold: 0, apply: [false, true] });
    expect(some.data.slice(0, 16)).toEqual(images.data.slice(0, 16));
    expect(() => solarise(images, { threshold: 1.1 })).toThrow(InputError);
    expect(() => solarise(images, { apply: [true] })).toThrow(ShapeError);
  });
});

describe('normalise', () => {
  it('takes mean and deviation out of each channel', () => {
    expect(values(normalise(rgb([0.5, 0.5, 1]), { mean: [0.5, 0.25, 0], std: [1, 0.5, 0.25] }))).toEqual([0, 0.5, 4]);
    expect(values(normalise(gray(0.75), { mean: [0.5], std: [0.5] }))).toEqual([0.5]);
  });

  it('wants one positive deviation for each channel', () => {
    expect(() => normalise(gray(1), { mean: [0, 0, 0], std: [1, 1, 1] })).toThrow(
      /mean, got 3 values, wanted one for each of 1/,
    );
    expect(() => normalise(gray(1), { mean: [0], std: [0] })).toThrow(/std, got 0/);
    expect(() => normalise(gray(1), { mean: [NaN], std: [1] })).toThrow(InputError);
  });
});
