import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { InputError } from '@jembench/core';
import { packTar } from 'modern-tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shapes } from '../shapes/shapes.js';
import { loadDataset } from './load.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'jembench-load-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

/** CIFAR-10 records of labels 0, 1, 2, ... */
function cifar(count: number): Uint8Array {
  return Uint8Array.from({ length: count * 3073 }, (_, i) => (i % 3073 === 0 ? Math.floor(i / 3073) % 10 : i % 251));
}

/** IDX files of 2 x 2 images. */
function idx(count: number): { images: Uint8Array; labels: Uint8Array } {
  return {
    images: Uint8Array.of(
      0,
      0,
      8,
      3,
      0,
      0,
      0,
      count,
      0,
      0,
      0,
      2,
      0,
      0,
      0,
      2,
      ...Array.from({ length: count * 4 }, (_, i) => i),
    ),
    labels: Uint8Array.of(0, 0, 8, 1, 0, 0, 0, count, ...Array.from({ length: count }, (_, i) => i % 10)),
  };
}

describe('loadDataset', () => {
  it('makes shapes', async () => {
    const options = { seed: 5, train: 12, test: 4, size: 16 };
    expect(await loadDataset('shapes', options)).toEqual(shapes(options));
    expect((await loadDataset('shapes', { train: 3, test: 3, seed: undefined })).height).toBe(32);
  });

  it('reads a partial set from the customary subfolder', async () => {
    await mkdir(join(dir, 'cifar-10-batches-bin'));
    await writeFile(join(dir, 'cifar-10-batches-bin', 'data_batch_3.bin'), cifar(20));
    await writeFile(join(dir, 'cifar-10-batches-bin', 'test_batch.bin'), cifar(10));
    const set = await loadDataset('cifar10', { dataDir: dir });
    expect([set.train.count, set.test.count]).toEqual([20, 10]);
    expect(set.notes).toEqual([
      'partial: 20 of 50000 training images (data_batch_3.bin)',
      'partial: 10 of 10000 test images (test_batch.bin)',
    ]);
  });

  it('reads the archive as it was published, and only files of the set from it', async () => {
    const entries = [
      ['cifar-10-batches-bin/data_batch_1.bin', cifar(20)],
      ['../../escape.bin', cifar(1)],
      ['cifar-10-batches-bin/test_batch.bin', cifar(10)],
    ] as const;
    const tar = await packTar(entries.map(([name, body]) => ({ header: { name, size: body.length }, body })));
    await mkdir(join(dir, 'inner'));
    await writeFile(join(dir, 'inner', 'cifar-10-binary.tar.gz'), gzipSync(tar));
    const set = await loadDataset('cifar10', { dataDir: join(dir, 'inner') });
    expect([set.train.count, set.test.count]).toEqual([20, 10]);
    await writeFile(join(dir, 'inner', 'cifar-10-binary.tar.gz'), gzipSync(tar).subarray(0, 500));
    await expect(loadDataset('cifar10', { dataDir: join(dir, 'inner') })).rejects.toThrow(
      /^cifar10: archive .* wanted a whole \.tar\.gz; fetch it again$/,
    );
  });

  it('reads CIFAR-100 with its fine labels', async () => {
    const bytes = new Uint8Array(3 * 3074);
    for (let n = 0; n < 3; n++) bytes.set([19, 99 - n], n * 3074);
    await writeFile(join(dir, 'train.bin'), bytes);
    await writeFile(join(dir, 'test.bin'), bytes.subarray(0, 3074));
    const set = await loadDataset('cifar100', { dataDir: dir });
    expect(Array.from(set.train.labels, (label) => set.classes[label])).toEqual(['worm', 'woman', 'wolf']);
    expect(set.classes.length).toBe(100);
  });

  it('reads IDX plain or gzip, whatever the name says', async () => {
    const [train, test] = [idx(20), idx(10)];
    await writeFile(join(dir, 'train-images-idx3-ubyte'), gzipSync(train.images));
    await writeFile(join(dir, 'train-labels-idx1-ubyte.gz'), gzipSync(train.labels));
    await writeFile(join(dir, 't10k-images-idx3-ubyte.gz'), test.images);
    await writeFile(join(dir, 't10k-labels-idx1-ubyte'), test.labels);
    const set = await loadDataset('mnist', { dataDir: dir });
    expect([set.train.count, set.test.count, set.height, set.width, set.channels]).toEqual([20, 10, 2, 2, 1]);
    expect([...set.train.images.subarray(0, 5)]).toEqual([0, 1, 2, 3, 4]);
  });

  it('says what its images want of a recipe', async () => {
    await writeFile(join(dir, 'data_batch_1.bin'), cifar(20));
    await writeFile(join(dir, 'test_batch.bin'), cifar(10));
    expect((await loadDataset('cifar10', { dataDir: dir })).recipe).toEqual({ viewSize: 24 });
    expect((await loadDataset('cifar10', { dataDir: dir, size: 8 })).recipe).toEqual({});
  });

  it('has a checksum of images, labels and order', async () => {
    const write = async (train: Uint8Array): Promise<string> => {
      await writeFile(join(dir, 'data_batch_1.bin'), train);
      await writeFile(join(dir, 'test_batch.bin'), cifar(10));
      return (await loadDataset('cifar10', { dataDir: dir })).checksum;
    };
    const whole = cifar(20);
    const original = await write(whole);
    expect(await write(whole)).toBe(original);
    const pixel = Uint8Array.from(whole);
    pixel[100]++;
    const label = Uint8Array.from(whole);
    label[0]++;
    const order = Uint8Array.from([...whole.subarray(3073, 6146), ...whole.subarray(0, 3073), ...whole.subarray(6146)]);
    const sums = [
      original,
      await write(pixel),
      await write(label),
      await write(order),
      await write(whole.subarray(3073)),
    ];
    expect(new Set(sums).size).toBe(5);
  });
});

describe('loadDataset refuses in one line', () => {
  const refused = async (
    name: string,
    options: Parameters<typeof loadDataset>[1],
    text: string | RegExp,
  ): Promise<void> => {
    const error: unknown = await loadDataset(name, options).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).message).toMatch(text);
    expect((error as InputError).message).not.toContain('\n');
  };

  it('an unknown name', async () => {
    await refused(
      'cifar',
      {},
      'dataset: name, got "cifar", wanted shapes, cifar10, cifar100, mnist, fashion-mnist or folder:DIR',
    );
    await refused('toString', {}, 'dataset: name, got "toString"');
    await refused('folder:', {}, 'folder: path, got nothing, wanted folder:DIR');
  });

  it.each([
    [{ train: 0 }, 'mnist: train, got 0, wanted an integer of at least 1'],
    [{ test: 1.5 }, 'mnist: test, got 1.5, wanted an integer of at least 1'],
    [{ size: 4 }, 'mnist: size, got 4, wanted an integer of at least 8'],
    [{ seed: -1 }, 'rootStream: seed, got -1'],
  ])('options out of range: %o', async (options, text) => {
    await refused('mnist', options, text);
  });

  it('a data folder that is not there, or a file', async () => {
    await refused(
      'mnist',
      { dataDir: join(dir, 'no') },
      `mnist: read data folder ${join(dir, 'no')}, got nothing there (ENOENT)`,
    );
    await writeFile(join(dir, 'file'), '');
    await refused('mnist', { dataDir: join(dir, 'file') }, 'file, a file, wanted the folder with the original files');
  });

  it('a data folder without the files, or without those of one split', async () => {
    await refused(
      'cifar10',
      { dataDir: dir },
      `cifar10: train images in ${dir}, got none, wanted data_batch_1.bin, there or in cifar-10-batches-bin`,
    );
    await writeFile(join(dir, 'data_batch_1.bin'), cifar(20));
    await refused('cifar10', { dataDir: dir }, `cifar10: test images in ${dir}, got none, wanted test_batch.bin`);
  });

  it('files that are truncated, of one class, or larger than published', async () => {
    await writeFile(join(dir, 'test_batch.bin'), cifar(10));
    await writeFile(join(dir, 'data_batch_1.bin'), cifar(20).subarray(0, 50_000));
    await refused(
      'cifar10',
      { dataDir: dir },
      /data_batch_1\.bin: size, got 50000 bytes, wanted a positive multiple of 3073/,
    );
    await writeFile(join(dir, 'data_batch_1.bin'), cifar(1));
    await refused('cifar10', { dataDir: dir }, 'cifar10: classes of the training images, got 1, wanted at least 2;');
    await writeFile(join(dir, 'data_batch_1.bin'), cifar(10_001));
    await refused(
      'cifar10',
      { dataDir: dir },
      'cifar10: images in data_batch_1.bin, got 10001, wanted at most the published 10000;',
    );
  });

  it('images and labels that do not fit together', async () => {
    const [train, test] = [idx(20), idx(10)];
    await writeFile(join(dir, 'train-images-idx3-ubyte'), train.images);
    await refused(
      'mnist',
      { dataDir: dir },
      /images or labels, got one alone, wanted train-labels-idx1-ubyte beside them;/,
    );
    await writeFile(join(dir, 'train-labels-idx1-ubyte'), test.labels);
    await refused('mnist', { dataDir: dir }, /train-labels-idx1-ubyte: labels, got 10, wanted 20, one an image of/);
    await writeFile(join(dir, 'train-labels-idx1-ubyte'), train.images);
    await refused('mnist', { dataDir: dir }, /magic number, got 0x00000803, wanted 0x00000801/);
    await writeFile(join(dir, 'train-labels-idx1-ubyte'), gzipSync(train.labels).subarray(0, 20));
    await refused(
      'mnist',
      { dataDir: dir },
      /wanted a whole gzip file; the file is truncated or damaged: fetch it again/,
    );
  });

  it('more images than there are', async () => {
    await writeFile(join(dir, 'data_batch_1.bin'), cifar(20));
    await writeFile(join(dir, 'test_batch.bin'), cifar(10));
    await refused(
      'cifar10',
      { dataDir: dir, train: 21 },
      'cifar10: train, got 21, wanted at most 20, the training images that there are',
    );
  });
});
