import { InputError } from '@jembench/core';
import { describe, expect, it, vi } from 'vitest';
import { forms } from './forms.js';
import { shapes } from './shapes.js';

const pixels = (size: number): number => size * size * 3;

describe('shapes', () => {
  it('has at least ten classes, 32 x 32 RGB by default', () => {
    const data = shapes({ train: 1, test: 1 });
    expect(data.classes.length).toBeGreaterThanOrEqual(10);
    expect([data.height, data.width, data.channels]).toEqual([32, 32, 3]);
    expect(data.train.images.length).toBe(pixels(32));
  });

  it.each([
    [{ seed: 1, train: 24, test: 12, size: 32 }, '7e7fb091218d9b37438178ba9df6ff4ec47974ac61777da802590dbc707e0293'],
    [{ seed: 0, train: 11, test: 3, size: 16 }, 'a5108800941ceac5a0bd44b3a6798ad45c204d3fc90b730f308c5b328ed427e5'],
    [
      { seed: 123456789, train: 5, test: 7, size: 67 },
      'd408ca6aa3fb11dce9ea260c51cecc1907e8237157108ee91381951f775b0227',
    ],
  ])('has the published bytes: %o', (options, checksum) => {
    expect(shapes(options).checksum).toBe(checksum);
  });

  it('adds images without changing those before', () => {
    const few = shapes({ seed: 3, train: 7, test: 5 });
    const many = shapes({ seed: 3, train: 40, test: 31 });
    expect(many.train.images.subarray(0, 7 * pixels(32))).toEqual(few.train.images);
    expect(many.test.images.subarray(0, 5 * pixels(32))).toEqual(few.test.images);
    expect(many.train.labels.subarray(0, 7)).toEqual(few.train.labels);
  });

  it('balances the classes of every first n images to within one', () => {
    const { train, classes } = shapes({ seed: 4, train: 57, test: 1, size: 16 });
    const counts = new Int32Array(classes.length);
    for (const label of train.labels) {
      counts[label]++;
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
  });

  it('shares no image between splits, nor between seeds', () => {
    const one = shapes({ seed: 5, train: 50, test: 50, size: 16 });
    const two = shapes({ seed: 6, train: 50, test: 50, size: 16 });
    const all = [one.train, one.test, two.train, two.test].flatMap(({ images, count }) =>
      Array.from({ length: count }, (_, i) => images.subarray(i * pixels(16), (i + 1) * pixels(16)).join()),
    );
    expect(new Set(all).size).toBe(200);
  });

  it('shows the same scene at any size', () => {
    const small = shapes({ seed: 7, train: 2, test: 1, size: 32 }).train.images;
    const large = shapes({ seed: 7, train: 2, test: 1, size: 96 }).train.images;
    // Mean difference of the first small picture from a large one, 3 x 3 pixels averaged, in gray levels: noise and edges remain.
    const difference = (which: number): number => {
      let sum = 0;
      for (let y = 0; y < 96; y++) {
        for (let x = 0; x < 96; x++) {
          const at = (Math.floor(y / 3) * 32 + Math.floor(x / 3)) * 3;
          sum += Math.abs(large[which * pixels(96) + (y * 96 + x) * 3] - small[at]);
        }
      }
      return sum / (96 * 96);
    };
    expect(difference(0)).toBeLessThan(8);
    expect(difference(1)).toBeGreaterThan(24);
  });

  it('draws without the functions whose last bit an engine chooses', () => {
    const banned = ['sin', 'cos', 'tan', 'atan2', 'exp', 'log', 'pow', 'cbrt', 'hypot'] as const;
    const spies = banned.map((name) => vi.spyOn(Math, name));
    expect(shapes({ seed: 8, train: 30, test: 30 }).train.count).toBe(30);
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it.each([
    [{ seed: -1 }, 'rootStream: seed, got -1, wanted an integer from 0 to 2^53 - 1'],
    [{ size: 15 }, 'shapes: size, got 15, wanted an integer of at least 16'],
    [{ train: 0 }, 'shapes: train, got 0, wanted an integer of at least 1'],
    [{ test: 2.5 }, 'shapes: test, got 2.5, wanted an integer of at least 1'],
    [{ train: NaN }, 'shapes: train, got NaN, wanted an integer of at least 1'],
  ])('refuses %o', (options, message) => {
    expect(() => shapes(options)).toThrow(new InputError(message));
  });
});

describe('forms', () => {
  it.each(Object.entries(forms))(
    '%s covers about the area that all others cover and stays near the origin',
    (_, form) => {
      let inside = 0;
      let farthest = 0;
      const steps = 400;
      for (let i = 0; i < steps; i++) {
        for (let j = 0; j < steps; j++) {
          const x = ((i + 0.5) / steps) * 4 - 2;
          const y = ((j + 0.5) / steps) * 4 - 2;
          if (form(x, y) >= 0) continue;
          inside++;
          farthest = Math.max(farthest, Math.sqrt(x * x + y * y));
        }
      }
      const area = (inside * 16) / (steps * steps);
      expect(area).toBeGreaterThan(1.2);
      expect(area).toBeLessThan(1.45);
      expect(farthest).toBeGreaterThan(0.6);
      expect(farthest).toBeLessThan(1.25);
    },
  );
});
