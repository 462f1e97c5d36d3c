import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadDataset } from './load.js';

// Original files beside the repository; where there are none, the skipped tests say so in the report.
const data = fileURLToPath(new URL('../../../../../shared/data', import.meta.url));
const there = existsSync(data);
const skipped = there ? '' : ' (skipped: no ../shared/data beside the repository)';

/** Sum of all bytes: independent of the loader's layout. */
function total(images: Uint8Array): number {
  return images.reduce((sum, value) => sum + value, 0);
}

describe.skipIf(!there)(`original files${skipped}`, () => {
  it('reads the partial CIFAR-10 and says what is missing', async () => {
    const cifar = await loadDataset('cifar10', { dataDir: data });
    expect([cifar.train.count, cifar.test.count, cifar.height, cifar.width, cifar.channels]).toEqual([
      20000, 1000, 32, 32, 3,
    ]);
    expect(cifar.notes).toEqual([
      'partial: 20000 of 50000 training images (data_batch_1.bin, data_batch_2.bin)',
      'partial: 1000 of 10000 test images (test_batch.bin)',
    ]);
    // The first image of data_batch_1 is the well-known frog: its first pixel is (59, 62, 63).
    expect(cifar.classes[cifar.train.labels[0]]).toBe('frog');
    expect([...cifar.train.images.subarray(0, 3)]).toEqual([59, 62, 63]);
    // The first test image is the cat with the pixel (158, 112, 49).
    expect(cifar.classes[cifar.test.labels[0]]).toBe('cat');
    expect([...cifar.test.images.subarray(0, 3)]).toEqual([158, 112, 49]);
  });

  it('finds the files with the folder itself given, too', async () => {
    const inside = await loadDataset('cifar10', { dataDir: `${data}/cifar-10-batches-bin`, train: 100, test: 50 });
    const above = await loadDataset('cifar10', { dataDir: data, train: 100, test: 50 });
    expect(inside.checksum).toBe(above.checksum);
  });

  it.each([
    ['mnist', 5, 7],
    ['fashion-mnist', 9, 9],
  ])('reads %s', async (name, firstTraining, firstTest) => {
    const set = await loadDataset(name, { dataDir: data });
    expect([set.train.count, set.test.count, set.height, set.width, set.channels]).toEqual([60000, 10000, 28, 28, 1]);
    expect([set.train.labels[0], set.test.labels[0]]).toEqual([firstTraining, firstTest]);
    expect(set.notes).toEqual([]);
    // Mean of the training pixels: 0.1307 and 0.2860 in [0, 1], as every tutorial normalises them.
    expect(total(set.train.images) / set.train.images.length / 255).toBeCloseTo(name === 'mnist' ? 0.1307 : 0.286, 4);
  });

  it('takes a stratified subset and resizes', async () => {
    const set = await loadDataset('fashion-mnist', { dataDir: data, train: 500, test: 100, size: 32, seed: 3 });
    expect([set.train.count, set.test.count, set.height, set.width]).toEqual([500, 100, 32, 32]);
    for (let label = 0; label < 10; label++)
      expect(set.train.labels.filter((other) => other === label).length).toBe(50);
    expect(set.notes).toEqual([
      'resized: 32 x 32 from 28 x 28',
      'subset: 500 of 60000 training images, stratified by class, seed 3',
      'subset: 100 of 10000 test images, stratified by class, seed 3',
    ]);
  });
});
