import { crc32, deflateSync } from 'node:zlib';
import { InputError } from '@jembench/core';
import { encode as encodeAnyPng } from 'fast-png';
import { encode as encodeJpeg } from 'jpeg-js';
import { describe, expect, it } from 'vitest';
import { decodeImage, encodePng } from './image.js';

// 8 x 8 pixels, the gray ramp 4 x + 20 y.
const PROGRESSIVE =
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBT/wgARCAAIAAgDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAb/xAAUAQEAAAAAAAAAAAAAAAAAAAAA/9oADAMBAAIQAxAAAAGEB//EABYQAAMAAAAAAAAAAAAAAAAAAAAEBv/aAAgBAQABBQJaSP/EABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQMBAT8Bf//EABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQIBAT8Bf//EABUQAQEAAAAAAAAAAAAAAAAAAAAy/9oACAEBAAY/Aof/xAAWEAADAAAAAAAAAAAAAAAAAAAAMcH/2gAIAQEAAT8hTB//2gAMAwEAAgADAAAAEPP/xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oACAEDAQE/EH//xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oACAECAQE/EH//xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oACAEBAAE/EFv/2Q==';
const GRAY =
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/wAALCAAIAAgBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAB//EABkQAAEFAAAAAAAAAAAAAAAAAAAGCCQyov/aAAgBAQAAPwAKTTSaQsn/2Q==';

function chunk(type: string, body: Uint8Array | number[]): Buffer {
  const content = Buffer.concat([Buffer.from(type, 'latin1'), Buffer.from(body)]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(content));
  return Buffer.concat([length, content, sum]);
}

/** A PNG written by hand: rows are filter bytes and packed samples. */
function png(width: number, height: number, depth: number, type: number, rows: number[], extra: Buffer[] = []): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, type, 0, 0, 0], 8);
  const signature = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    ...extra,
    chunk('IDAT', deflateSync(Buffer.from(rows))),
    chunk('IEND', []),
  ]);
}

function pixels(bytes: Uint8Array): number[] {
  return [...decodeImage(bytes, 'x.png').data];
}

describe('decodeImage', () => {
  it('reads RGB', () => {
    expect(pixels(png(2, 1, 8, 2, [0, 1, 2, 3, 4, 5, 6]))).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('reads gray of 1, 2, 4, 8 and 16 bits, rows packed into bytes', () => {
    expect(pixels(png(3, 2, 1, 0, [0, 0b10100000, 0, 0b01000000]))).toEqual(
      [1, 0, 1, 0, 1, 0].flatMap((bit) => Array<number>(3).fill(255 * bit)),
    );
    expect(pixels(png(4, 1, 2, 0, [0, 0b00011011]))).toEqual([0, 85, 170, 255].flatMap((v) => [v, v, v]));
    expect(pixels(png(3, 1, 4, 0, [0, 0x0f, 0x30]))).toEqual([0, 255, 51].flatMap((v) => [v, v, v]));
    expect(pixels(png(2, 1, 8, 0, [0, 7, 9]))).toEqual([7, 7, 7, 9, 9, 9]);
    expect(pixels(png(2, 1, 16, 0, [0, 255, 255, 1, 1]))).toEqual([255, 255, 255, 1, 1, 1]);
  });

  it('looks palettes up', () => {
    const palette = chunk('PLTE', [10, 20, 30, 40, 50, 60]);
    expect(pixels(png(2, 1, 8, 3, [0, 1, 0], [palette]))).toEqual([40, 50, 60, 10, 20, 30]);
    expect(pixels(png(3, 1, 1, 3, [0, 0b10100000], [palette]))).toEqual([40, 50, 60, 10, 20, 30, 40, 50, 60]);
  });

  it('lays transparent pixels on white', () => {
    expect(pixels(png(3, 1, 8, 6, [0, 0, 0, 0, 0, 0, 0, 0, 255, 0, 100, 200, 51]))).toEqual([
      255, 255, 255, 0, 0, 0, 204, 224, 244,
    ]);
    expect(pixels(png(2, 1, 8, 4, [0, 100, 0, 100, 255]))).toEqual([255, 255, 255, 100, 100, 100]);
    const palette = [chunk('PLTE', [10, 20, 30, 40, 50, 60]), chunk('tRNS', [0])];
    expect(pixels(png(2, 1, 8, 3, [0, 0, 1], palette))).toEqual([255, 255, 255, 40, 50, 60]);
    expect(pixels(png(2, 1, 8, 0, [0, 7, 9], [chunk('tRNS', [0, 7])]))).toEqual([255, 255, 255, 9, 9, 9]);
    const key = [chunk('tRNS', [0, 1, 0, 2, 0, 3])];
    expect(pixels(png(3, 1, 8, 2, [0, 1, 2, 3, 1, 2, 4, 1, 2, 3], key))).toEqual([
      255, 255, 255, 1, 2, 4, 255, 255, 255,
    ]);
  });

  it('reads interlaced PNG', () => {
    const data = Uint8Array.from({ length: 9 * 7 * 3 }, (_, i) => (i * 37) % 256);
    const image = { data, width: 9, height: 7, channels: 3, depth: 8 } as const;
    expect(pixels(encodeAnyPng(image, { interlace: 'Adam7' }))).toEqual([...data]);
  });

  it('reads JPEG, colour and gray, baseline and progressive, whatever its name', () => {
    const flat = encodeJpeg(
      { data: Buffer.from(Array<number[]>(64).fill([200, 100, 50, 255]).flat()), width: 8, height: 8 },
      100,
    ).data;
    const picture = decodeImage(flat, 'x.png');
    expect([picture.width, picture.height, picture.channels]).toEqual([8, 8, 3]);
    picture.data.forEach((value, i) => {
      expect(Math.abs(value - [200, 100, 50][i % 3])).toBeLessThanOrEqual(3);
    });
    for (const file of [PROGRESSIVE, GRAY]) {
      const { data, width, height } = decodeImage(Buffer.from(file, 'base64'), 'x.jpg');
      expect([width, height]).toEqual([8, 8]);
      // Made from a gray ramp of 4 x + 20 y.
      for (let i = 0; i < 64; i++)
        expect(Math.abs(data[3 * i] - (4 * (i % 8) + 20 * Math.floor(i / 8)))).toBeLessThanOrEqual(6);
    }
  });

  it.each([
    ['text', Buffer.from('hello'), 'a: image, got bytes that start with 68 65 6c 6c, wanted PNG or JPEG;'],
    ['nothing', Buffer.alloc(0), 'a: image, got an empty file, wanted PNG or JPEG;'],
    ['half a PNG', png(2, 1, 8, 2, [0, 1, 2, 3, 4, 5, 6]).subarray(0, 50), 'wanted a whole PNG;'],
    ['a PNG with too few rows', png(2, 3, 8, 2, [0, 1, 2, 3, 4, 5, 6]), 'wanted a whole PNG;'],
    [
      'a PNG of a gigapixel',
      png(40_000, 30_000, 8, 2, []),
      'a: image, got "40000 x 30000 pixels", wanted a whole PNG;',
    ],
    ['half a JPEG', Buffer.from(PROGRESSIVE, 'base64').subarray(0, 300), 'wanted a whole JPEG;'],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => decodeImage(bytes, 'a')).toThrow(InputError);
    expect(() => decodeImage(bytes, 'a')).toThrow(message);
  });

  it('refuses a PNG with a flipped bit', () => {
    const bytes = png(2, 1, 8, 2, [0, 1, 2, 3, 4, 5, 6]);
    bytes[bytes.length - 20] ^= 1;
    expect(() => decodeImage(bytes, 'a')).toThrow('wanted a whole PNG;');
  });

  it('refuses a JPEG at every truncation', () => {
    const bytes = Buffer.from(PROGRESSIVE, 'base64');
    for (let length = 4; length < bytes.length - 1; length += 25) {
      expect(() => decodeImage(bytes.subarray(0, length), 'a')).toThrow(InputError);
    }
  });
});

describe('encodePng', () => {
  it('comes back as it was', () => {
    const data = Uint8Array.from({ length: 5 * 4 * 3 }, (_, i) => (i * 91) % 256);
    expect(pixels(encodePng({ data, width: 5, height: 4 }))).toEqual([...data]);
  });
});
