import { InputError, type Dataset } from '@jembench/core';
import { describe, expect, it } from 'vitest';
import { contactSheet } from './contact-sheet.js';

// Four gray 1 x 1 images: class 0 has 10 and 30, class 1 has 20 and 40.
const gray: Dataset = {
  name: 'four',
  checksum: '',
  classes: ['a', 'b'],
  height: 1,
  width: 1,
  channels: 1,
  train: { images: Uint8Array.of(10, 20, 30, 40), labels: Int32Array.of(0, 1, 0, 1), count: 4 },
  test: { images: Uint8Array.of(50), labels: Int32Array.of(1), count: 1 },
  notes: [],
};

function at({ data, width }: ReturnType<typeof contactSheet>, x: number, y: number): number[] {
  return [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
}

describe('contactSheet', () => {
  it('has a row a class, on white, gray shown as RGB', () => {
    const sheet = contactSheet(gray, { columns: 3 });
    expect([sheet.width, sheet.height]).toEqual([2 + 3 * 3, 2 + 2 * 3]);
    expect(at(sheet, 2, 2)).toEqual([10, 10, 10]);
    expect(at(sheet, 5, 2)).toEqual([30, 30, 30]);
    expect(at(sheet, 2, 5)).toEqual([20, 20, 20]);
    expect(at(sheet, 5, 5)).toEqual([40, 40, 40]);
    expect(at(sheet, 8, 5)).toEqual([255, 255, 255]);
    expect(at(sheet, 0, 0)).toEqual([255, 255, 255]);
  });
  it('zooms, takes the split and fewer rows', () => {
    expect(at(contactSheet(gray, { columns: 1, zoom: 3 }), 4, 4)).toEqual([10, 10, 10]);
    expect(at(contactSheet(gray, { columns: 1, split: 'test' }), 2, 5)).toEqual([50, 50, 50]);
    expect(contactSheet(gray, { columns: 1, rows: 1 }).height).toBe(5);
  });
  it('refuses nonsense', () => {
    expect(() => contactSheet(gray, { columns: 0 })).toThrow(
      new InputError('contactSheet: columns, got 0, wanted an integer of at least 1'),
    );
  });
});
