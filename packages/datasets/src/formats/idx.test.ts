import { describe, expect, it } from 'vitest';
import { parseIdxImages, parseIdxLabels } from './idx.js';

const images = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6);
const labels = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 0);

describe('IDX files', () => {
  it('have big-endian sizes and row-major bytes', () => {
    const parsed = parseIdxImages(images, 'i');
    expect([parsed.count, parsed.height, parsed.width]).toEqual([2, 1, 3]);
    expect([...parsed.images]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...parseIdxLabels(labels, 10, 'l')]).toEqual([7, 0]);
  });

  it('are read where a larger buffer holds them', () => {
    const buffer = new Uint8Array(40);
    buffer.set(images, 5);
    expect([...parseIdxImages(buffer.subarray(5, 5 + images.length), 'i').images]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('are refused with the wrong magic number', () => {
    expect(() => parseIdxImages(Uint8Array.of(...labels, 0, 0, 0, 0, 0, 0), 'i')).toThrow(
      'i: magic number, got 0x00000801, wanted 0x00000803 (IDX images);',
    );
    expect(() => parseIdxLabels(images, 10, 'l')).toThrow(
      'l: magic number, got 0x00000803, wanted 0x00000801 (IDX labels);',
    );
  });

  it('are refused when truncated or too long', () => {
    expect(() => parseIdxImages(images.subarray(0, 21), 'i')).toThrow(
      'i: size, got 21 bytes, wanted 22 (2 x 1 x 3 and the header);',
    );
    expect(() => parseIdxImages(images.subarray(0, 9), 'i')).toThrow(
      'i: size, got 9 bytes, wanted at least the 16 of the header;',
    );
    expect(() => parseIdxLabels(Uint8Array.of(...labels, 1), 10, 'l')).toThrow(
      'l: size, got 11 bytes, wanted 10 (2 and the header);',
    );
    expect(() => parseIdxLabels(new Uint8Array(), 10, 'l')).toThrow('l: size, got 0 bytes');
  });

  it('are refused with labels out of range', () => {
    expect(() => parseIdxLabels(labels, 7, 'l')).toThrow('l: label of image 0, got 7, wanted 0 to 6;');
  });
});
