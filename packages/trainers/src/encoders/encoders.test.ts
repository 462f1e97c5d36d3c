import { rootStream, tf, useBackend } from '@jembench/core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stripes } from '../fixtures/stripes.js';
import { finish, tiny } from '../fixtures/tiny.js';
import { outputsOf } from '../layers/apply.js';
import { modelArtifacts } from '../layers/files.js';
import { initialise } from '../layers/initialise.js';
import { tfl, type LayersModel } from '../layers/tfl.js';
import { encoderFile, encoders, vit, type EncoderName } from './index.js';

beforeAll(async () => {
  await useBackend('wasm');
});
beforeEach(() => {
  tf.engine().startScope();
});
afterEach(() => {
  tf.engine().endScope();
});

describe.each(Object.keys(encoders) as EncoderName[])('%s', (name) => {
  it.each([
    [32, 32, 3],
    [28, 28, 1],
    [16, 24, 3],
  ])('gives features of images of %i x %i x %i', async (height, width, channels) => {
    const { model, features } = await encoders[name].build({ height, width, channels });
    const [y] = outputsOf(model, tf.zeros([2, height, width, channels]));
    expect(y.shape).toEqual([2, features]);
  });
});

describe('convnet', () => {
  it('has 32, 64 and 128 channels: 93,120 convolution weights and two numbers a channel for its norms', async () => {
    const { model } = await encoders.convnet.build({ height: 32, width: 32, channels: 3 });
    const trainable = model.trainableWeights.reduce(
      (sum, { shape }) => sum + shape.reduce<number>((p, s) => p * (s ?? 1), 1),
      0,
    );
    expect(trainable).toBe(27 * 32 + 288 * 64 + 576 * 128 + 2 * (32 + 64 + 128));
  });

  it('takes plain images: pixels of 0.5 are zero to its first convolution', async () => {
    const { model } = await encoders.convnet.build({ height: 8, width: 8, channels: 3 });
    initialise(model, rootStream(1));
    const [y] = outputsOf(model, tf.fill([1, 8, 8, 3], 0.5));
    expect(new Set(y.dataSync())).toEqual(new Set([0]));
  });
});

describe.each([
  ['convnet', 4],
  ['resnet18', 8],
] as const)('the patches of %s', (name, side) => {
  const shape = { height: 2 * side, width: 3 * side, channels: 3 };
  const built = async () => {
    const { model, features, patches } = await encoders[name].build(shape);
    if (patches === undefined) throw new Error('no patches');
    initialise(patches.model, rootStream(1));
    return { model, features, patches };
  };
  const images = (corner: number) => {
    const data = new Float32Array(shape.height * shape.width * 3).fill(0.25);
    for (const y of [0, side - 1]) for (const x of [2 * side, 3 * side - 1]) data[(y * shape.width + x) * 3] = corner;
    return tf.tensor4d(data, [1, shape.height, shape.width, 3]);
  };

  it('are the cells of the map whose average is the features', async () => {
    const { model, features, patches } = await built();
    expect(patches).toMatchObject({ grid: [2, 3], width: features });
    const [cells] = outputsOf(patches.model, [images(1), tf.zeros([1, 6])]);
    expect(cells.shape).toEqual([1, 6, features]);
    const [wanted] = outputsOf(model, images(1));
    tf.mean(cells, 1)
      .dataSync()
      .forEach((value, i) => {
        expect(value).toBeCloseTo(wanted.dataSync()[i], 6);
      });
  });

  it('do not see a hidden square: the third one is the right one above', async () => {
    const { patches } = await built();
    const cells = (corner: number, mask: number[]) =>
      Array.from(outputsOf(patches.model, [images(corner), tf.tensor2d([mask])])[0].dataSync());
    expect(cells(0, [0, 0, 1, 0, 0, 0])).toEqual(cells(1, [0, 0, 1, 0, 0, 0]));
    expect(cells(0, [1, 1, 0, 1, 1, 1])).not.toEqual(cells(1, [1, 1, 0, 1, 1, 1]));
  });

  it('are not there where the image does not divide into them', async () => {
    const { patches } = await encoders[name].build({ ...shape, height: shape.height + 2 });
    expect(patches).toBeUndefined();
    const config = tiny('data2vec', { encoder: name, epochs: 1 });
    await expect(finish(config, { ...stripes(8), height: 6, width: 8 })).rejects.toThrow(
      /does not divide into patches/,
    );
  });
});

describe('vit', () => {
  it('refuses images that do not divide into patches', () => {
    expect(() => vit({ height: 30, width: 32, channels: 3 })).toThrow(
      'vit: image of 30x32 pixels, wanted sides that are multiples of the patch, 4',
    );
  });

  it('does not see a hidden patch', async () => {
    const { patches, model } = await vit({ height: 8, width: 8, channels: 1 });
    if (patches === undefined) throw new Error('no patches');
    initialise(model, rootStream(1));
    initialise(patches.model, rootStream(1));
    const image = (corner: number) => {
      const data = new Float32Array(64);
      for (const p of [0, 1, 8, 9]) data[p] = corner;
      return tf.tensor4d(data, [1, 8, 8, 1]);
    };
    const tokens = (corner: number, hidden: number) =>
      Array.from(outputsOf(patches.model, [image(corner), tf.tensor2d([[hidden, 0, 0, 0]])])[3].dataSync());
    expect(tokens(0, 1)).toEqual(tokens(1, 1));
    expect(tokens(0, 0)).not.toEqual(tokens(1, 0));
  });
});

describe('encoderFile', () => {
  const source = async (model: LayersModel) => encoderFile('mine', tf.io.fromMemory(await modelArtifacts(model)));
  const maps = () =>
    tfl.sequential({
      layers: [tfl.layers.conv2d({ filters: 5, kernelSize: 3, inputShape: [8, 8, 3], kernelInitializer: 'ones' })],
    });

  it('averages maps over positions and keeps the weights of the file', async () => {
    const encoder = await (await source(maps())).build({ height: 8, width: 8, channels: 3 });
    expect(encoder.features).toBe(5);
    const [y] = outputsOf(encoder.model, tf.ones([2, 8, 8, 3]));
    expect(Array.from(y.dataSync())).toEqual(Array.from({ length: 10 }, () => 27));
  });

  it.each(['vicreg', 'byol'] as const)(
    'trains with %s and leaves layers alone that are not trainable',
    async (name) => {
      const model = maps();
      model.layers[0].trainable = false;
      const config = tiny(name, { encoder: await source(model), epochs: 1 });
      const [, run] = await finish(config, stripes(8));
      expect(new Set(run.networks.weights[0].variable.dataSync())).toEqual(new Set([1]));
      run.dispose();
      model.layers[0].trainable = true;
      const [, moved] = await finish({ ...config, encoder: await source(model) }, stripes(8));
      expect(new Set(moved.networks.weights[0].variable.dataSync())).not.toEqual(new Set([1]));
      moved.dispose();
    },
  );

  it('refuses a model of other images', async () => {
    const file = await source(maps());
    await expect(file.build({ height: 32, width: 32, channels: 3 })).rejects.toThrow(
      'encoder mine: takes [any, 8, 8, 3], wanted images of [any, 32, 32, 3]',
    );
  });

  it('refuses a model without features', async () => {
    const flat = tfl.sequential({ layers: [tfl.layers.reshape({ targetShape: [64, 3], inputShape: [8, 8, 3] })] });
    await expect((await source(flat)).build({ height: 8, width: 8, channels: 3 })).rejects.toThrow(
      'gives [any, 64, 3], wanted features',
    );
  });
});
