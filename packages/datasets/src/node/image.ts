import { InputError } from '@jembench/core';
import { convertIndexedToRgb, decode as decodePng, encode, type DecodedPng } from 'fast-png';
import { decode as decodeJpeg } from 'jpeg-js';
import type { RgbPicture } from '../contact-sheet.js';
import type { Picture } from '../resize.js';

/** A header that announces more is damaged or hostile. */
const MOST_MEGAPIXELS = 100;

/** What shows through transparent pixels. */
const PAPER = 255;

/**
 * A PNG or JPEG, told apart by content, as RGB bytes.
 *
 * Gray becomes three equal channels, 16 bits are rounded to 8, palettes are looked up, and transparent pixels lie on white. Embedded profiles, gamma
 * and the EXIF orientation are ignored, as most training code does. The decoders use integer arithmetic only: the same bytes everywhere.
 *
 * @param where the file's name for messages.
 * @throws InputError when the bytes are neither or damaged.
 */
export function decodeImage(bytes: Uint8Array, where: string): Picture {
  const isPng = bytes.length > 24 && [0x89, 0x50, 0x4e, 0x47].every((byte, i) => bytes[i] === byte);
  const isJpeg = bytes.length > 3 && bytes[0] === 0xff && bytes[1] === 0xd8;
  if (!isPng && !isJpeg) {
    const start = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    throw new InputError(
      `${where}: image, got ${bytes.length === 0 ? 'an empty file' : `bytes that start with ${start}`}, wanted PNG or JPEG; replace or remove the file`,
    );
  }
  try {
    return isPng ? png(bytes) : jpeg(bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(
      `${where}: image, got "${reason}", wanted a whole ${isPng ? 'PNG' : 'JPEG'}; replace or remove the file`,
      {
        cause: error,
      },
    );
  }
}

/** A contact sheet or the like as the bytes of a PNG file. */
export function encodePng({ data, width, height }: RgbPicture): Uint8Array {
  return encode({ data, width, height, channels: 3, depth: 8 }, { zlib: { level: 9 } });
}

function jpeg(bytes: Uint8Array): Picture {
  const { data, width, height } = decodeJpeg(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    maxResolutionInMP: MOST_MEGAPIXELS,
    maxMemoryUsageInMB: 2048,
  });
  return { data, width, height, channels: 3 };
}

function png(bytes: Uint8Array): Picture {
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height] = [header.getUint32(16), header.getUint32(20)];
  if (width * height > MOST_MEGAPIXELS * 1e6) throw new Error(`${width} x ${height} pixels`);
  const picture = decodePng(bytes, { checkCrc: true });
  const { samples, channels } = eightBits(picture);
  const data = new Uint8Array(width * height * 3);
  const colours = channels < 3 ? 1 : 3;
  // One transparent gray level or colour (tRNS); a palette has its own alpha.
  const key = picture.palette ? undefined : picture.transparency;
  for (let p = 0; p < width * height; p++) {
    let alpha = channels === 2 || channels === 4 ? samples[p * channels + channels - 1] : 255;
    if (key?.every((value, i) => value === picture.data[p * channels + i])) alpha = 0;
    for (let channel = 0; channel < 3; channel++) {
      const value = samples[p * channels + (colours === 1 ? 0 : channel)];
      data[p * 3 + channel] = Math.floor((value * alpha + PAPER * (255 - alpha)) / 255 + 0.5);
    }
  }
  return { data, width, height, channels: 3 };
}

function eightBits(picture: DecodedPng): { samples: ArrayLike<number>; channels: number } {
  if (picture.palette) {
    const samples = convertIndexedToRgb(picture);
    return { samples, channels: samples.length / (picture.width * picture.height) };
  }
  const { data, depth, channels, width, height } = picture;
  if (depth === 8) return { samples: data, channels };
  if (depth === 16) return { samples: Uint8Array.from(data, (value) => Math.floor(value / 257 + 0.5)), channels };
  // Gray of 1, 2 or 4 bits: rows of packed samples, each row from a whole byte.
  const rowBytes = Math.ceil((width * depth) / 8);
  const most = 2 ** depth - 1;
  const samples = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * depth;
      const packed = data[y * rowBytes + (bit >> 3)];
      samples[y * width + x] = (255 / most) * ((packed >> (8 - depth - (bit & 7))) & most);
    }
  }
  return { samples, channels };
}
