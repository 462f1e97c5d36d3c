import { InputError, rootStream, ShapeError } from '@jembench/core';
import { describe, expect, it } from 'vitest';
import { blockMask } from './block-mask.js';
import { noiseMask, randomPatchMask, visiblePatches, type PatchMask } from './patch-mask.js';

const stream = rootStream(11).fork('mask');

function checkConsistent(mask: PatchMask): void {
  const { images, patches, visibleCount, visible, masked, restore } = mask;
  const hidden = patches - visibleCount;
  for (let n = 0; n < images; n++) {
    const order = [
      ...visible.slice(n * visibleCount, (n + 1) * visibleCount),
      ...masked.slice(n * hidden, (n + 1) * hidden),
    ];
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: patches }, (_, i) => i));
    for (const [i, patch] of order.entries()) {
      expect(restore[n * patches + patch]).toBe(i);
      expect(mask.mask[n * patches + patch]).toBe(i < visibleCount ? 0 : 1);
    }
  }
}

describe('noiseMask', () => {
  it('keeps the patches of the smallest noise, smallest first', () => {
    const mask = noiseMask([0.4, 0.1, 0.3, 0.2], 1, 4, 0.5);
    expect([...mask.visible]).toEqual([1, 3]);
    expect([...mask.masked]).toEqual([2, 0]);
    expect([...mask.mask]).toEqual([1, 0, 1, 0]);
    expect([...mask.restore]).toEqual([3, 0, 2, 1]);
  });

  it('keeps floor(L (1 - ratio)) patches, in the doubles of the original', () => {
    const kept = (patches: number, ratio: number) =>
      noiseMask(new Float64Array(patches), 1, patches, ratio).visibleCount;
    expect([kept(16, 0.75), kept(16, 0.6), kept(9, 0.5), kept(10, 0.9)]).toEqual([4, 6, 4, 0]);
    expect([kept(5, 0), kept(5, 1)]).toEqual([5, 0]);
  });

  it('takes equal noise in the order of the image', () => {
    expect([...noiseMask([1, 1, 0, 1], 1, 4, 0.5).visible]).toEqual([2, 0]);
  });

  it('says what is wrong', () => {
    expect(() => noiseMask([1, 2, 3], 1, 4, 0.5)).toThrow(ShapeError);
    expect(() => noiseMask([1, NaN], 1, 2, 0.5)).toThrow(/noise\[1\], got NaN/);
    expect(() => noiseMask([1, 2], 1, 2, 1.5)).toThrow(/ratio, got 1\.5, wanted a number from 0 to 1/);
    expect(() => noiseMask([], 1, 0, 0.5)).toThrow(InputError);
  });
});

describe('visiblePatches', () => {
  it('picks whole patches in the order of the mask', () => {
    const mask = noiseMask([0.4, 0.1, 0.3, 0.2, 0.1, 0.2, 0.3, 0.4], 2, 4, 0.5);
    const values = Float32Array.from({ length: 16 }, (_, i) => i);
    expect([...visiblePatches(values, mask)]).toEqual([2, 3, 6, 7, 8, 9, 10, 11]);
    expect(() => visiblePatches(values.slice(1), mask)).toThrow(ShapeError);
  });
});

describe('randomPatchMask', () => {
  it('masks 3/4 of the patches of every image, each in a way of its own', () => {
    const mask = randomPatchMask(20, 64, 0.75, stream);
    checkConsistent(mask);
    expect(mask.visibleCount).toBe(16);
    const rows = new Set(Array.from({ length: 20 }, (_, n) => mask.visible.slice(n * 16, n * 16 + 16).join()));
    expect(rows.size).toBe(20);
  });

  it('gives an image the same mask in any batch', () => {
    const together = randomPatchMask(5, 16, 0.75, stream);
    const alone = randomPatchMask(1, 16, 0.75, stream, [3]);
    expect(alone.mask).toEqual(together.mask.slice(48, 64));
  });

  it('masks every patch equally often: 3000 +- 110 of 4000 (four deviations)', () => {
    const mask = randomPatchMask(4000, 16, 0.75, stream);
    for (let i = 0; i < 16; i++) {
      const times = mask.mask.filter((value, at) => value === 1 && at % 16 === i).length;
      expect(Math.abs(times - 3000)).toBeLessThan(110);
    }
  });

  it('takes no images', () => {
    expect(randomPatchMask(0, 16, 0.75, stream).mask).toHaveLength(0);
  });
});

describe('blockMask', () => {
  const grid = { height: 8, width: 8 };

  it('masks exactly round(ratio L) patches of every image', () => {
    for (const ratio of [0, 0.01, 0.3, 0.6, 0.99, 1]) {
      const mask = blockMask(10, grid, { ratio }, stream);
      checkConsistent(mask);
      expect(mask.visibleCount).toBe(64 - Math.round(ratio * 64));
    }
  });

  it('keeps visible and masked patches in the order of the image', () => {
    const { visible, visibleCount } = blockMask(1, grid, {}, stream);
    for (let i = 1; i < visibleCount; i++) expect(visible[i]).toBeGreaterThan(visible[i - 1]);
  });

  it('hides rectangles: masked patches have far more masked neighbours than scattered ones', () => {
    const neighbours = ({ mask, images }: PatchMask) => {
      let pairs = 0;
      for (let n = 0; n < images; n++) {
        for (let i = 0; i < 64; i++) if (i % 8 < 7) pairs += mask[n * 64 + i] * mask[n * 64 + i + 1];
      }
      return pairs / images;
    };
    // Scattered at random, 16 of 64 patches have 56 * (16/64) * (15/63) = 3.3 masked pairs side by side; a 4 x 4 block has 12.
    expect(neighbours(randomPatchMask(500, 64, 0.75, stream))).toBeGreaterThan(20);
    expect(neighbours(randomPatchMask(500, 64, 0.75, stream))).toBeLessThan(35);
    expect(neighbours(blockMask(500, grid, { ratio: 0.25, minPatches: 16 }, stream))).toBeGreaterThan(7);
  });

  it('gives an image the same mask in any batch', () => {
    const together = blockMask(5, grid, {}, stream);
    expect(blockMask(1, grid, {}, stream, [3]).mask).toEqual(together.mask.slice(3 * 64, 4 * 64));
  });

  it('fills a grid too small for any rectangle patch by patch', () => {
    checkConsistent(blockMask(3, { height: 1, width: 5 }, { ratio: 0.6 }, stream));
    checkConsistent(blockMask(3, { height: 1, width: 1 }, { ratio: 1 }, stream));
  });

  it('says what is wrong', () => {
    expect(() => blockMask(1, { height: 0, width: 8 }, {}, stream)).toThrow(/height of the grid, got 0/);
    expect(() => blockMask(1, grid, { ratio: -1 }, stream)).toThrow(InputError);
    expect(() => blockMask(1, grid, { minPatches: 5, maxPatches: 4 }, stream)).toThrow(/maxPatches, got 4/);
    expect(() => blockMask(1, grid, { minAspect: 0 }, stream)).toThrow(/minAspect, got 0/);
    expect(() => blockMask(2, grid, {}, stream, [1])).toThrow(ShapeError);
  });
});
