import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { InputError } from '@jembench/core';
import { encode as encodeJpeg } from 'jpeg-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodePng } from './image.js';
import { loadDataset } from './load.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'jembench-folder-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true });
});

type Rgb = readonly [number, number, number];

/** A PNG of one colour. */
function flat([r, g, b]: Rgb, width = 32, height = 32): Uint8Array {
  return encodePng({
    data: Uint8Array.from({ length: width * height * 3 }, (_, i) => [r, g, b][i % 3]),
    width,
    height,
  });
}

async function put(path: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(join(dir, path)), { recursive: true });
  await writeFile(join(dir, path), bytes);
}

/** First red value of each image. */
function reds(split: { images: Uint8Array; count: number }): number[] {
  const size = split.images.length / split.count;
  return Array.from({ length: split.count }, (_, i) => split.images[i * size]);
}

async function message(options = {}): Promise<string> {
  const error: unknown = await loadDataset(`folder:${dir}`, options).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(InputError);
  const text = (error as InputError).message;
  expect(text).not.toContain('\n');
  return text;
}

describe('folder:DIR', () => {
  it('takes the split of train and test, classes and files in the order of their names', async () => {
    // Code units put capitals and digits first: "10" before "9", "B" before "a".
    await put('train/a/9.png', flat([9, 0, 0]));
    await put('train/a/10.png', flat([10, 0, 0]));
    await put('train/B/x.JPG', encodeJpeg({ data: Buffer.alloc(32 * 32 * 4, 200), width: 32, height: 32 }, 100).data);
    await put('test/a/z.png', flat([30, 0, 0]));
    await put('test/B/z.jpeg', flat([40, 0, 0])); // a PNG, whatever its name says
    const set = await loadDataset(`folder:${dir}`);
    expect(set.classes).toEqual(['B', 'a']);
    expect([...set.train.labels]).toEqual([0, 1, 1]);
    expect(reds(set.train)).toEqual([200, 10, 9]);
    expect(reds(set.test)).toEqual([40, 30]);
    expect([set.channels, set.height, set.width]).toEqual([3, 32, 32]);
    expect(set.name).toBe(`folder:${dir}`);
    expect(set.notes).toEqual([]);
  });

  it('takes val where there is no test, and says what it does not use', async () => {
    for (const path of ['train/a/1', 'train/b/1', 'val/a/1', 'extra/c/1']) await put(`${path}.png`, flat([1, 2, 3]));
    const set = await loadDataset(`folder:${dir}`);
    expect(set.classes).toEqual(['a', 'b']);
    expect([...set.test.labels]).toEqual([0]);
    expect(set.notes).toEqual(['not used beside train and val: extra']);
  });

  it('holds out a seeded fifth of each class', async () => {
    for (let i = 0; i < 10; i++) {
      await put(`a/${i}.png`, flat([i, 0, 0]));
      await put(`b/${i}.png`, flat([100 + i, 0, 0]));
    }
    const one = await loadDataset(`folder:${dir}`, { seed: 1 });
    expect([one.train.count, one.test.count]).toEqual([16, 4]);
    expect([...one.test.labels]).toEqual([0, 0, 1, 1]);
    expect([...reds(one.train), ...reds(one.test)].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, i) => (i < 10 ? i : 90 + i)),
    );
    expect(one.notes).toEqual(['split: 4 of 20 images held out for testing, stratified by class, seed 1']);
    expect((await loadDataset(`folder:${dir}`, { seed: 1 })).checksum).toBe(one.checksum);
    expect((await loadDataset(`folder:${dir}`, { seed: 2 })).checksum).not.toBe(one.checksum);
  });

  it('limits the number of images, in proportion to the classes', async () => {
    for (let i = 0; i < 10; i++) for (const name of ['a', 'b']) await put(`${name}/${i}.png`, flat([i, 0, 0]));
    const set = await loadDataset(`folder:${dir}`, { train: 6, test: 2 });
    expect([...set.train.labels]).toEqual([0, 0, 0, 1, 1, 1]);
    expect([...set.test.labels]).toEqual([0, 1]);
    expect(set.notes).toContain('subset: 6 of 16 training images, stratified by class, seed 1');
    expect(await message({ train: 17 })).toBe(
      `folder:${dir}: train, got 17, wanted at most 16, the training images that there are`,
    );
  });

  it('has one channel when every image is gray', async () => {
    for (const path of ['train/a/1', 'train/b/1', 'test/a/1', 'test/b/1']) await put(`${path}.png`, flat([7, 7, 7]));
    const gray = await loadDataset(`folder:${dir}`);
    expect([gray.channels, gray.train.images.length]).toEqual([1, 2 * 32 * 32]);
    await put('test/b/2.png', flat([7, 7, 8]));
    const colour = await loadDataset(`folder:${dir}`);
    expect([colour.channels, colour.train.images.length]).toEqual([3, 2 * 32 * 32 * 3]);
  });

  it('resizes images of any size to one', async () => {
    await put('train/a/1.png', flat([50, 60, 70], 100, 40));
    await put('train/b/1.png', flat([80, 90, 100], 8, 9));
    await put('test/a/1.png', flat([1, 2, 3], 1, 1));
    const set = await loadDataset(`folder:${dir}`, { size: 24 });
    expect([set.height, set.width]).toEqual([24, 24]);
    expect([...new Set(set.train.images.subarray(0, 24 * 24 * 3))]).toEqual([50, 60, 70]);
    expect(set.notes).toEqual(['resized: 24 x 24, the centred square, from 3 sizes']);
  });

  it('leaves out hidden and other files and counts the latter', async () => {
    for (const path of ['a/1.png', 'a/2.png', 'b/1.png', 'b/2.png']) await put(path, flat([1, 2, 3]));
    await put('a/.hidden.png', 'x');
    await put('.git/config', 'x');
    await put('a/notes.txt', 'x');
    await put('readme.md', 'x');
    const set = await loadDataset(`folder:${dir}`);
    expect(set.classes).toEqual(['a', 'b']);
    expect(set.notes[0]).toBe(`left out: 1 files or folders in ${dir} that are not .png, .jpg or .jpeg`);
  });

  it('reports progress and stops at a signal', async () => {
    for (const path of ['a/1.png', 'a/2.png', 'b/1.png', 'b/2.png']) await put(path, flat([1, 2, 3]));
    const seen: string[] = [];
    await loadDataset(`folder:${dir}`, {
      onProgress: ({ phase, done, total }) => seen.push(`${phase} ${done}/${total}`),
    });
    expect(seen).toEqual(['read 1/4', 'read 2/4', 'read 3/4', 'read 4/4']);
    const controller = new AbortController();
    const reason = new Error('stop');
    const stopped = loadDataset(`folder:${dir}`, {
      signal: controller.signal,
      onProgress: () => {
        controller.abort(reason);
      },
    });
    await expect(stopped).rejects.toBe(reason);
  });
});

describe('folder:DIR refuses', () => {
  it('a folder that is not there', async () => {
    await rm(dir, { recursive: true });
    expect(await message()).toBe(
      `folder:${dir}: read folder ${dir}, got nothing there (ENOENT), wanted it to work; check the path`,
    );
    await mkdir(dir);
  });

  it('an empty folder', async () => {
    expect(await message()).toBe(
      `folder:${dir}: classes in ${dir}, got no folder, wanted one a class with .png, .jpg or .jpeg images; check the path`,
    );
  });

  it('an empty class', async () => {
    await put('a/1.png', flat([1, 2, 3]));
    await mkdir(join(dir, 'b'));
    expect(await message()).toBe(
      `folder:${dir}: images in ${join(dir, 'b')}, got none, wanted at least 1 .png, .jpg or .jpeg; add some or remove the folder`,
    );
  });

  it('one class', async () => {
    for (const path of ['a/1.png', 'a/2.png']) await put(path, flat([1, 2, 3]));
    expect(await message()).toContain('classes of the training images, got 1, wanted at least 2;');
  });

  it('one unreadable image among good ones, by its name', async () => {
    for (const path of ['a/1.png', 'a/2.png', 'b/1.png', 'b/2.png']) await put(path, flat([1, 2, 3]));
    await put('b/broken.png', flat([1, 2, 3]).subarray(0, 60));
    expect(await message()).toMatch(/broken\.png: image, got ".*", wanted a whole PNG; replace or remove the file$/);
  });

  it('a class of one image where it must split', async () => {
    for (const path of ['a/1.png', 'a/2.png', 'b/1.png']) await put(path, flat([1, 2, 3]));
    expect(await message()).toContain('images of class b, got 1, wanted at least 2,');
  });

  it('test classes that were not trained', async () => {
    for (const path of ['train/a/1.png', 'train/b/1.png', 'test/c/1.png']) await put(path, flat([1, 2, 3]));
    expect(await message()).toBe(
      `folder:${dir}: classes of test, got "c", wanted those of train (a, b); check the folders`,
    );
  });

  it('a file', async () => {
    await put('x', 'y');
    const name = `folder:${join(dir, 'x')}`;
    await expect(loadDataset(name)).rejects.toThrow('got a file where a folder should be (ENOTDIR)');
  });
});
