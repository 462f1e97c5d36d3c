import { InputError, rootStream, sha256Hex, ShapeError, type ImageBatch } from '@jembench/core';
import { describe, expect, it } from 'vitest';
import {
  localView,
  multiCrop,
  normalise,
  normalisations,
  randomColourJitter,
  randomGaussianBlur,
  randomGrayscale,
  randomHorizontalFlip,
  randomResizedCrop,
  randomSolarise,
  randomView,
  renderedView,
  sampledView,
  simclrView,
  viewPresets,
  type ViewOptions,
} from '../index.js';

const stream = rootStream(23).fork('views');

function noise(count: number, channels: number, side = 16): ImageBatch {
  const source = rootStream(3);
  const data = Float32Array.from({ length: count * side * side * channels }, () => source.uniform());
  return { data, count, height: side, width: side, channels };
}

const only = (images: ImageBatch, n: number): ImageBatch => {
  const size = images.data.length / images.count;
  return { ...images, count: 1, data: images.data.slice(n * size, (n + 1) * size) };
};

const everything: ViewOptions = {
  size: 12,
  crop: { scale: [0.3, 1] },
  flip: 0.5,
  jitter: { probability: 0.7, hue: 0.2 },
  grayscale: 0.3,
  blur: { probability: 0.5, padding: 'zero' },
  solarise: { probability: 0.4, threshold: 0.6 },
  normalise: normalisations.cifar10,
};

describe('randomView', () => {
  it('is the random functions one after another, each with the stream of its name', () => {
    const images = noise(30, 3);
    let wanted = randomResizedCrop(images, { ...everything.crop, size: 12 }, stream.fork('crop'));
    wanted = randomHorizontalFlip(wanted, { probability: 0.5 }, stream.fork('flip'));
    wanted = randomColourJitter(wanted, { probability: 0.7, hue: 0.2 }, stream.fork('jitter'));
    wanted = randomGrayscale(wanted, { probability: 0.3 }, stream.fork('grayscale'));
    wanted = randomGaussianBlur(wanted, { probability: 0.5, padding: 'zero' }, stream.fork('blur'));
    wanted = randomSolarise(wanted, { probability: 0.4, threshold: 0.6 }, stream.fork('solarise'));
    wanted = normalise(wanted, normalisations.cifar10);
    expect(randomView(everything)(images, stream)).toEqual(wanted);
  });

  it('copies images when nothing is to happen', () => {
    const images = noise(3, 3);
    const view = randomView({})(images, stream);
    expect(view).toEqual(images);
    expect(view.data).not.toBe(images.data);
  });

  it('gives the same pixels everywhere', () => {
    const view = randomView(everything)(noise(64, 3), stream);
    expect(sha256Hex(new Uint8Array(view.data.buffer))).toBe(
      'b517eb067bf78490d97bf69b35c179b25633b33ffe363d75e29dfa6e52fd5c8f',
    );
  });

  it('treats an image alone as in a batch, and by its name in any place', () => {
    const images = noise(6, 3);
    const view = randomView(everything);
    const names = [40, 41, 42, 43, 44, 45];
    const together = view(images, stream, names);
    for (const n of [0, 4]) expect(view(only(images, n), stream, [names[n]])).toEqual(only(together, n));
  });

  it.each(['crop', 'flip', 'jitter', 'grayscale', 'blur', 'solarise'] as const)(
    'draws the same for every other step when %s is left out',
    (step) => {
      const images = noise(40, 3);
      const field = { jitter: 'colours', blur: 'blurSigma' }[step as string] ?? step;
      const without = { ...everything, [step]: undefined };
      const rest = (options: ViewOptions) =>
        sampledView(images, options, stream).map((parameters) => ({ ...parameters, [field]: null }));
      expect(rest(without)).toEqual(rest(everything));
      expect(sampledView(images, without, stream)).not.toEqual(sampledView(images, everything, stream));
    },
  );

  it('renders again what it sampled, from plain data', () => {
    const images = noise(10, 3);
    const parameters = sampledView(images, everything, stream);
    const copied = JSON.parse(JSON.stringify(parameters)) as typeof parameters;
    expect(renderedView(images, copied, everything)).toEqual(randomView(everything)(images, stream));
  });

  it('takes gray images, which only lack colour', () => {
    const view = randomView({ ...everything, normalise: undefined })(noise(20, 1), stream);
    expect([view.count, view.height, view.width, view.channels]).toEqual([20, 12, 12, 1]);
    for (const value of view.data) expect(value >= 0 && value <= 1).toBe(true);
  });

  it('takes images that are not square, single pixels, and none', () => {
    const wide = { ...noise(4, 3), height: 8, width: 32 };
    expect(simclrView()(wide, stream)).toMatchObject({ height: 8, width: 32 });
    expect(simclrView({ size: { height: 5, width: 9 } })(wide, stream)).toMatchObject({ height: 5, width: 9 });
    expect(simclrView({ size: 4 })(noise(2, 3, 1), stream).data).toHaveLength(96);
    expect(simclrView()({ ...noise(0, 3), count: 0 }, stream).data).toHaveLength(0);
  });

  it('keeps a NaN in the picture', () => {
    const images = noise(1, 3);
    images.data.fill(NaN);
    for (const value of randomView(everything)(images, stream).data) expect(value).toBeNaN();
  });

  it('says what is wrong when it is made', () => {
    expect(() => randomView({ flip: 2 })).toThrow(/randomView flip: probability, got 2/);
    expect(() => randomView({ crop: { scale: [0, 1] } })).toThrow(InputError);
    expect(() => randomView({ jitter: { hue: 1 } })).toThrow(InputError);
    expect(() => randomView({ blur: { taps: 4 } })).toThrow(InputError);
    expect(() => randomView({ solarise: { threshold: 2 } })).toThrow(/threshold, got 2/);
    expect(() => randomView({ size: 0 })).toThrow(/height of size, got 0/);
    expect(() => randomView({ normalise: { mean: [0], std: [0] } })).toThrow(/std, got 0/);
    expect(() => randomView({ colour: {} } as ViewOptions)).toThrow(/option, got "colour", wanted one of size, crop/);
    expect(() => simclrView()({ ...noise(1, 3), channels: 2, width: 24 }, stream)).toThrow(ShapeError);
    expect(() => renderedView(noise(2, 3), sampledView(noise(1, 3), {}, stream))).toThrow(ShapeError);
  });
});

describe('presets', () => {
  it.each(Object.entries(viewPresets))('%s makes two different views', (_name, [first, second]) => {
    const images = noise(16, 3);
    const one = randomView(first)(images, stream.fork('view0'));
    const two = randomView(second)(images, stream.fork('view1'));
    expect(one.data.length).toBe(images.data.length);
    expect(one).not.toEqual(two);
  });

  it('blurs every first view of byol and one in ten of the second, and solarises only the second', () => {
    const images = noise(1000, 3, 1);
    const [first, second] = viewPresets.byol.map((options) => sampledView(images, options, stream));
    expect(first.every(({ blurSigma }) => blurSigma > 0)).toBe(true);
    expect(Math.abs(second.filter(({ blurSigma }) => blurSigma > 0).length - 100)).toBeLessThan(4 * Math.sqrt(90));
    expect(first.some(({ solarise }) => solarise)).toBe(false);
    expect(Math.abs(second.filter(({ solarise }) => solarise).length - 200)).toBeLessThan(4 * Math.sqrt(160));
  });

  it('lets simclrView change one step', () => {
    const images = noise(8, 3);
    expect(simclrView({ grayscale: 0 })(images, stream)).not.toEqual(simclrView({ grayscale: 1 })(images, stream));
    expect(simclrView()(images, stream)).toEqual(randomView(viewPresets.simclr[0])(images, stream));
  });
});

describe('multiCrop', () => {
  const globals = viewPresets.simclr;
  const images = noise(5, 3);

  it('gives the global views first, then the local ones, each of its size', () => {
    const views = multiCrop({ globals, locals: { count: 3, view: localView } })(images, stream);
    expect(views.map(({ height, count }) => [height, count])).toEqual([16, 16, 18, 18, 18].map((side) => [side, 5]));
    expect(new Set(views.map(({ data }) => data.join())).size).toBe(5);
  });

  it('does not change the views it has when more are added', () => {
    const some = multiCrop({ globals, locals: { count: 1, view: localView } })(images, stream);
    const more = multiCrop({ globals, locals: { count: 4, view: localView } })(images, stream);
    expect(more.slice(0, 3)).toEqual(some);
  });

  it('draws view i from a stream of its own', () => {
    const [, second] = multiCrop({ globals })(images, stream);
    expect(second).toEqual(randomView(globals[1])(images, stream.fork('global1')));
  });

  it('passes names on', () => {
    const [view] = multiCrop({ globals })(images, stream, [9, 8, 7, 6, 5]);
    expect(view).toEqual(randomView(globals[0])(images, stream.fork('global0'), [9, 8, 7, 6, 5]));
  });

  it('says what is wrong when it is made', () => {
    expect(() => multiCrop({ globals: [] })).toThrow(/got none and no locals/);
    expect(() => multiCrop({ globals, locals: { count: -1, view: localView } })).toThrow(/locals\.count, got -1/);
    expect(() => multiCrop({ globals: [{ flip: -1 }] })).toThrow(InputError);
  });
});
