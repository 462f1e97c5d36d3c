import { InputError, rootStream, ShapeError, type ImageBatch, type Stream } from '@jembench/core';
import { describe, expect, it } from 'vitest';
import {
  randomColourJitter,
  randomGaussianBlur,
  randomGrayscale,
  randomHorizontalFlip,
  randomResizedCrop,
  randomSolarise,
} from '../index.js';
import { blurSampler } from './blur.js';
import { choiceSampler } from './choices.js';
import { jitterSampler } from './colour-jitter.js';
import { cropSampler } from './crop.js';

const stream = rootStream(17).fork('test');

function noise(count: number, channels: number, side = 8): ImageBatch {
  const source = rootStream(3);
  const data = Float32Array.from({ length: count * side * side * channels }, () => source.uniform());
  return { data, count, height: side, width: side, channels };
}

const only = (images: ImageBatch, n: number): ImageBatch => {
  const size = images.data.length / images.count;
  return { ...images, count: 1, data: images.data.slice(n * size, (n + 1) * size) };
};

const augmentations: Record<string, (images: ImageBatch, stream: Stream, identities?: number[]) => ImageBatch> = {
  randomResizedCrop: (images, own, identities) => randomResizedCrop(images, {}, own, identities),
  randomHorizontalFlip: (images, own, identities) => randomHorizontalFlip(images, {}, own, identities),
  randomColourJitter: (images, own, identities) => randomColourJitter(images, {}, own, identities),
  randomGrayscale: (images, own, identities) => randomGrayscale(images, {}, own, identities),
  randomGaussianBlur: (images, own, identities) => randomGaussianBlur(images, {}, own, identities),
  randomSolarise: (images, own, identities) => randomSolarise(images, {}, own, identities),
};

describe.each(Object.entries(augmentations))('%s', (_name, augment) => {
  it('is a function of the images and the stream', () => {
    const images = noise(20, 3);
    const before = images.data.slice();
    expect(augment(images, stream)).toEqual(augment(images, rootStream(17).fork('test')));
    expect(augment(images, stream)).not.toEqual(augment(images, rootStream(18).fork('test')));
    expect(images.data).toEqual(before);
  });

  it('treats an image alone as in a batch', () => {
    const images = noise(6, 3);
    const together = augment(images, stream);
    for (const n of [0, 3, 5]) expect(augment(only(images, n), stream, [n])).toEqual(only(together, n));
  });

  it('does not treat all images alike', () => {
    const one = noise(1, 3);
    const copies = { ...one, count: 40, data: Float32Array.from({ length: 40 * 192 }, (_, i) => one.data[i % 192]) };
    const results = augment(copies, stream);
    expect(new Set(Array.from({ length: 40 }, (_, n) => only(results, n).data.join())).size).toBeGreaterThan(1);
  });

  it('takes gray images, single pixels and no images', () => {
    expect(augment(noise(5, 1), stream).channels).toBe(1);
    expect(augment(noise(5, 3, 1), stream).data).toHaveLength(15);
    expect(augment({ ...noise(0, 3), count: 0 }, stream).data).toHaveLength(0);
  });

  it('wants one identity for each image', () => {
    expect(() => augment(noise(2, 3), stream, [1])).toThrow(ShapeError);
  });
});

describe('choices', () => {
  it.each([0.5, 0.2])('happen with probability %d: 10000 draws within four deviations', (probability) => {
    const sample = choiceSampler('test', probability);
    const times = Array.from({ length: 10000 }, (_, n) => sample(stream.fork(n))).filter(Boolean).length;
    expect(Math.abs(times - 10000 * probability)).toBeLessThan(4 * Math.sqrt(10000 * probability * (1 - probability)));
  });

  it('never happen at 0 and always at 1', () => {
    const images = noise(50, 3);
    expect(randomHorizontalFlip(images, { probability: 0 }, stream)).toEqual(images);
    expect(randomSolarise(images, { probability: 1, threshold: 0 }, stream).data).toEqual(
      images.data.map((value) => 1 - value),
    );
  });

  it('refuse what is not a probability', () => {
    for (const probability of [-0.1, 1.1, NaN]) {
      const options = { probability };
      expect(() => randomHorizontalFlip(noise(1, 3), options, stream)).toThrow(
        /probability, got .*, wanted a number from 0 to 1/,
      );
      expect(() => randomGrayscale(noise(1, 3), options, stream)).toThrow(InputError);
      expect(() => randomSolarise(noise(1, 3), options, stream)).toThrow(InputError);
      expect(() => randomGaussianBlur(noise(1, 3), options, stream)).toThrow(InputError);
      expect(() => randomColourJitter(noise(1, 3), options, stream)).toThrow(InputError);
    }
  });
});

describe('cropSampler', () => {
  const image = { height: 32, width: 32 };
  const boxes = Array.from({ length: 4000 }, (_, n) => cropSampler(image, {})(stream.fork(n)));

  it('keeps area and ratio in range, to the rounding of the sides', () => {
    for (const { height, width } of boxes) {
      expect((height + 0.5) * (width + 0.5)).toBeGreaterThan(0.2 * 1024);
      expect((width + 0.5) / (height - 0.5)).toBeGreaterThan(3 / 4);
      expect((width - 0.5) / (height + 0.5)).toBeLessThan(4 / 3);
    }
  });

  it('stays inside the image', () => {
    for (const { top, left, height, width } of boxes) {
      expect(Math.min(top, left)).toBeGreaterThanOrEqual(0);
      expect(Math.max(top + height, left + width)).toBeLessThanOrEqual(32);
    }
  });

  it('prefers neither wide nor tall: the mean log ratio is 0, within four deviations', () => {
    const mean = boxes.reduce((sum, { height, width }) => sum + Math.log(width / height), 0) / boxes.length;
    // A ratio uniform in its logarithm over +- ln(4/3) has deviation 0.166.
    expect(Math.abs(mean)).toBeLessThan((4 * 0.166) / Math.sqrt(boxes.length));
  });

  it('places a crop of half the side uniformly', () => {
    const small = cropSampler(image, { scale: [0.25, 0.25], ratio: [1, 1] });
    const tops = Array.from({ length: 1700 }, (_, n) => small(stream.fork(n)).top);
    // 17 places, 100 times each, deviation 9.7.
    for (let top = 0; top <= 16; top++) {
      expect(Math.abs(tops.filter((value) => value === top).length - 100)).toBeLessThan(4 * 9.7);
    }
  });

  it('takes the whole image at scale 1 and ratio 1', () => {
    const sample = cropSampler(image, { scale: [1, 1], ratio: [1, 1] });
    expect(sample(stream.fork(0))).toEqual({ top: 0, left: 0, height: 32, width: 32 });
  });

  it('falls back on the largest central crop that has a ratio in range', () => {
    const whole = { scale: [1, 1] } as const;
    expect(cropSampler({ height: 10, width: 100 }, whole)(stream)).toEqual({ top: 0, left: 43, height: 10, width: 13 });
    expect(cropSampler({ height: 100, width: 10 }, whole)(stream)).toEqual({ top: 43, left: 0, height: 13, width: 10 });
    expect(cropSampler({ height: 1, width: 1 }, { scale: [1e-6, 1e-6] })(stream)).toEqual({
      top: 0,
      left: 0,
      height: 1,
      width: 1,
    });
  });

  it('refuses empty and impossible ranges', () => {
    expect(() => cropSampler(image, { scale: [0, 1] })).toThrow(/lower end of scale, got 0/);
    expect(() => cropSampler(image, { scale: [0.5, 1.5] })).toThrow(/upper end of scale, got 1\.5/);
    expect(() => cropSampler(image, { scale: [0.9, 0.5] })).toThrow(
      /scale, got 0\.9 to 0\.5, wanted the lower end first/,
    );
    expect(() => cropSampler(image, { ratio: [0, 1] })).toThrow(InputError);
    expect(() => cropSampler(image, { ratio: [NaN, 1] })).toThrow(InputError);
  });
});

describe('jitterSampler', () => {
  const draws = Array.from({ length: 4000 }, (_, n) => jitterSampler({})(stream.fork(n)));
  const jittered = draws.filter((steps) => steps.length > 0);

  it('jitters 80 % of the images, in all 24 orders about equally often', () => {
    expect(Math.abs(jittered.length - 3200)).toBeLessThan(4 * Math.sqrt(4000 * 0.8 * 0.2));
    const orders = new Map<string, number>();
    for (const steps of jittered) {
      const order = steps.map(({ operation }) => operation).join();
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(orders.size).toBe(24);
    const expected = jittered.length / 24;
    for (const times of orders.values()) expect(Math.abs(times - expected)).toBeLessThan(4 * Math.sqrt(expected));
  });

  it('draws factors around 1 and hues around 0, within their ranges', () => {
    for (const { operation, amount } of jittered.flat()) {
      const [low, high] = operation === 'hue' ? [-0.1, 0.1] : [0.6, 1.4];
      expect(amount >= low && amount <= high).toBe(true);
    }
  });

  it('cuts a factor off at 0', () => {
    const strong = jitterSampler({ probability: 1, brightness: 3 });
    for (let n = 0; n < 200; n++) {
      for (const { amount, operation } of strong(stream.fork(n)))
        if (operation !== 'hue') expect(amount).toBeGreaterThanOrEqual(0);
    }
  });

  it('leaves the other amounts and their order as they are when one is switched off', () => {
    for (let n = 0; n < 50; n++) {
      const all = jitterSampler({})(stream.fork(n));
      const less = jitterSampler({ brightness: 0 })(stream.fork(n));
      expect(less).toEqual(all.filter(({ operation }) => operation !== 'brightness'));
    }
  });

  it('refuses strengths out of range', () => {
    expect(() => jitterSampler({ hue: 0.6 })).toThrow(/hue, got 0\.6, wanted a number from 0 to 0\.5/);
    expect(() => jitterSampler({ contrast: -1 })).toThrow(InputError);
  });
});

describe('blurSampler', () => {
  it('draws sigma from its range, or 0 for no blur', () => {
    const sigmas = Array.from({ length: 2000 }, (_, n) => blurSampler({})(stream.fork(n)));
    const blurred = sigmas.filter((sigma) => sigma > 0);
    expect(Math.abs(blurred.length - 1000)).toBeLessThan(4 * Math.sqrt(500));
    expect(Math.min(...blurred)).toBeGreaterThanOrEqual(0.1);
    expect(Math.max(...blurred)).toBeLessThanOrEqual(2);
  });

  it('refuses what is out of range', () => {
    expect(() => blurSampler({ sigma: [0, 1] })).toThrow(InputError);
    expect(() => blurSampler({ taps: 2 })).toThrow(/odd/);
  });
});
