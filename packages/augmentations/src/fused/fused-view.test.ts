import { InputError, rootStream, ShapeError, type ImageBatch } from '@jembench/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composedView, localView, sampledView, viewPresets, type ByteBatch, type ViewOptions } from '../index.js';
import { fusedView } from './fused-view.js';
import { compile, viewKernels } from './kernels.js';

const kernels = present(viewKernels().kernels);
const stream = rootStream(29).fork('fused');

function present<T>(value: T | null): T {
  if (value === null) throw new Error('got null');
  return value;
}

function bytes(count: number, height: number, width: number, channels: number): ByteBatch {
  const source = rootStream(3).fork(`${count}x${height}x${width}x${channels}`);
  const data = Uint8Array.from({ length: count * height * width * channels }, () => source.integer(256));
  return { data, count, height, width, channels };
}

function floats(count: number, height: number, width: number, channels: number): ImageBatch {
  const source = rootStream(4).fork(`${count}x${height}x${width}x${channels}`);
  const data = Float32Array.from({ length: count * height * width * channels }, () => source.uniform());
  return { data, count, height, width, channels };
}

/** Where the two differ, as `Object.is` has it; -1 where nowhere. */
function firstDifference(images: ImageBatch | ByteBatch, options: ViewOptions, seed = 0): number {
  const parameters = sampledView(images, options, stream.fork(seed));
  const wanted = composedView(images, parameters, options);
  const got = fusedView(kernels, images, parameters, options);
  expect(got).toMatchObject({ ...wanted, data: expect.anything() as unknown });
  return wanted.data.findIndex((value, i) => !Object.is(value, got?.data[i]));
}

const everything: ViewOptions = {
  crop: { scale: [0.05, 1] },
  flip: 0.5,
  jitter: { brightness: 0.8, contrast: 0.8, saturation: 0.8, hue: 0.5 },
  grayscale: 0.2,
  blur: { probability: 0.5 },
  solarise: { probability: 0.3 },
};

describe('fusedView', () => {
  const presets = Object.entries(viewPresets).flatMap(([name, views]) =>
    views.map((view, i) => [`${name} ${i}`, view]),
  );

  it.each([...presets, ['local', localView], ['everything', everything]] as [string, ViewOptions][])(
    'gives the bits of composedView: %s',
    (_name, options) => {
      expect(firstDifference(bytes(200, 32, 32, 3), options)).toBe(-1);
      expect(firstDifference(floats(100, 32, 32, 3), options, 1)).toBe(-1);
      expect(firstDifference(bytes(100, 28, 28, 1), options, 2)).toBe(-1);
    },
  );

  it('gives the bits of composedView for any sizes and options', () => {
    const side = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(
        fc.record({ height: side, width: side, channels: fc.constantFrom(1, 3), float: fc.boolean() }),
        fc.record({ height: side, width: side }),
        fc.record({
          antialias: fc.boolean(),
          taps: fc.constantFrom(undefined, 1, 3, 9),
          padding: fc.constantFrom('reflect' as const, 'zero' as const),
          threshold: fc.double({ min: 0, max: 1, noNaN: true }),
          normalised: fc.boolean(),
          seed: fc.nat(),
        }),
        ({ height, width, channels, float }, size, { antialias, taps, padding, threshold, normalised, seed }) => {
          const options: ViewOptions = {
            ...everything,
            size,
            crop: { scale: [0.05, 1], antialias },
            blur: { probability: 0.7, taps, padding },
            solarise: { probability: 0.5, threshold },
            normalise: normalised
              ? { mean: [0.49, 0.48, 0.45].slice(0, channels), std: [0.25, 0.24, 0.26].slice(0, channels) }
              : undefined,
          };
          const images = float ? floats(3, height, width, channels) : bytes(3, height, width, channels);
          expect(firstDifference(images, options, seed)).toBe(-1);
        },
      ),
      { numRuns: 150, seed: 7 },
    );
  });

  it('has NaN and the infinities where composedView has them', () => {
    const special = [NaN, Infinity, -Infinity, 1e-40, 0, -0.5, 2];
    const images = floats(200, 9, 7, 3);
    for (let i = 0; i < images.data.length; i += 41) images.data[i] = special[(i / 41) % special.length];
    expect(firstDifference(images, everything)).toBe(-1);
    const all = composedView(images, sampledView(images, everything, stream.fork(0)), everything);
    expect(all.data.some(Number.isNaN)).toBe(true);
  });

  it('takes large images after small ones, and small ones after those', () => {
    expect(firstDifference(bytes(2, 8, 8, 3), everything)).toBe(-1);
    expect(firstDifference(bytes(2, 300, 500, 3), everything)).toBe(-1);
    expect(firstDifference(bytes(2, 8, 8, 3), everything)).toBe(-1);
    expect(firstDifference({ ...bytes(0, 8, 8, 3), count: 0 }, everything)).toBe(-1);
  });

  it('leaves the images as they are, and nothing of one in the next', () => {
    const images = floats(40, 32, 32, 3);
    const before = images.data.slice();
    const parameters = sampledView(images, everything, stream);
    const together = fusedView(kernels, images, parameters, everything);
    expect(images.data).toEqual(before);
    for (const n of [0, 7, 39]) {
      const alone = { ...images, count: 1, data: images.data.slice(n * 3072, (n + 1) * 3072) };
      expect(fusedView(kernels, alone, [parameters[n]], everything)?.data).toEqual(
        together?.data.slice(n * 3072, (n + 1) * 3072),
      );
    }
  });

  it('refuses what composedView refuses', () => {
    const images = bytes(1, 4, 4, 3);
    const [drawn] = sampledView(images, {}, stream);
    const render = (changes: object, options = {}) => fusedView(kernels, images, [{ ...drawn, ...changes }], options);
    expect(() => render({ crop: { top: 1, left: 0, height: 4, width: 4 } })).toThrow(InputError);
    expect(() => render({ colours: [{ operation: 'hue', amount: 0.6 }] })).toThrow(InputError);
    expect(() => render({ colours: [{ operation: 'sharpness', amount: 1 }] })).toThrow(/got "sharpness"/);
    expect(() => render({}, { normalise: { mean: [0], std: [1] } })).toThrow(ShapeError);
    expect(() => render({}, { blur: { taps: 2 } })).toThrow(/odd/);
    expect(() => render({}, { size: 0 })).toThrow(/height of size, got 0/);
  });

  it('is null where the memory cannot be had', () => {
    const grow = () => {
      throw new RangeError('no more');
    };
    const refusing = { ...kernels, memory: { buffer: new ArrayBuffer(0), grow } };
    const images = bytes(1, 4, 4, 3);
    expect(fusedView(refusing, images, sampledView(images, {}, stream), {})).toBeNull();
  });
});

describe('compile', () => {
  it('says why there are no kernels', () => {
    const atob = (text: string) => globalThis.atob(text);
    expect(compile({ atob })).toEqual({ kernels: null, problem: 'this engine has no WebAssembly' });
    expect(compile({ WebAssembly: { Module: Refusing, Instance: Refusing }, atob })).toEqual({
      kernels: null,
      problem: 'no SIMD',
    });
  });
});

class Refusing {
  readonly exports = {};
  constructor() {
    throw new Error('no SIMD');
  }
}
