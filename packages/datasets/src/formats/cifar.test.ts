import { InputError } from '@jembench/core';
import { describe, expect, it } from 'vitest';
import { cifarFormats, parseCifar } from './cifar.js';

function record(labels: number[], red: number, green: number, blue: number): number[] {
  return [...labels, ...[red, green, blue].flatMap((value) => Array<number>(1024).fill(value))];
}

describe('parseCifar', () => {
  it('turns planes into pixels', () => {
    const bytes = Uint8Array.from([...record([3], 10, 20, 30), ...record([9], 40, 50, 60)]);
    bytes[1 + 33] = 11; // red of row 1, column 1 of the first image
    const { images, labels, count } = parseCifar(bytes, cifarFormats.cifar10, 'x.bin');
    expect(count).toBe(2);
    expect([...labels]).toEqual([3, 9]);
    expect([...images.subarray(0, 3)]).toEqual([10, 20, 30]);
    expect([...images.subarray(33 * 3, 33 * 3 + 3)]).toEqual([11, 20, 30]);
    expect([...images.subarray(3072, 3075)]).toEqual([40, 50, 60]);
    expect(images.length).toBe(2 * 3072);
  });

  it('takes the fine label of CIFAR-100', () => {
    const bytes = Uint8Array.from(record([19, 99], 1, 2, 3));
    expect([...parseCifar(bytes, cifarFormats.cifar100, 'x.bin').labels]).toEqual([99]);
  });

  it.each([
    ['truncated', 3072, 'data_batch_1.bin: size, got 3072 bytes, wanted a positive multiple of 3073'],
    ['empty', 0, 'data_batch_1.bin: size, got 0 bytes, wanted a positive multiple of 3073'],
    ['one byte long', 3074, 'data_batch_1.bin: size, got 3074 bytes, wanted a positive multiple of 3073'],
  ])('refuses a file that is %s', (_, size, message) => {
    expect(() => parseCifar(new Uint8Array(size), cifarFormats.cifar10, 'data_batch_1.bin')).toThrow(InputError);
    expect(() => parseCifar(new Uint8Array(size), cifarFormats.cifar10, 'data_batch_1.bin')).toThrow(message);
  });

  it('refuses labels out of range', () => {
    const ten = Uint8Array.from([...record([9], 0, 0, 0), ...record([10], 0, 0, 0)]);
    expect(() => parseCifar(ten, cifarFormats.cifar10, 'a.bin')).toThrow(
      'a.bin: label of image 1, got 10, wanted 0 to 9;',
    );
    const coarse = Uint8Array.from(record([20, 5], 0, 0, 0));
    expect(() => parseCifar(coarse, cifarFormats.cifar100, 'a.bin')).toThrow(
      'a.bin: label of image 0, got 20, wanted 0 to 19;',
    );
    const fine = Uint8Array.from(record([5, 100], 0, 0, 0));
    expect(() => parseCifar(fine, cifarFormats.cifar100, 'a.bin')).toThrow(
      'a.bin: label of image 0, got 100, wanted 0 to 99;',
    );
  });
});
