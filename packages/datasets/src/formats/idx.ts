import { InputError } from '@jembench/core';

/** Images of one channel, `[N, H, W]`, row-major. */
export interface IdxImages {
  readonly images: Uint8Array;
  readonly count: number;
  readonly height: number;
  readonly width: number;
}

// Two zero bytes, 8 for unsigned bytes, the number of dimensions.
const IMAGES = 0x00000803;
const LABELS = 0x00000801;

/**
 * The images of an IDX file (uncompressed).
 *
 * @param where the file's name for messages.
 * @throws InputError when the magic number or the size is wrong.
 * @see LeCun, Cortes, Burges: The MNIST database, "the IDX file format".
 */
export function parseIdxImages(bytes: Uint8Array, where: string): IdxImages {
  const [count, height, width] = dimensions(bytes, IMAGES, 3, where);
  return { images: bytes.subarray(16), count, height, width };
}

/**
 * The labels of an IDX file (uncompressed), each below `classes`.
 *
 * @throws InputError when the magic number or the size is wrong, or a label is out of range.
 */
export function parseIdxLabels(bytes: Uint8Array, classes: number, where: string): Int32Array {
  dimensions(bytes, LABELS, 1, where);
  const labels = Int32Array.from(bytes.subarray(8));
  labels.forEach((label, n) => {
    if (label >= classes) {
      throw new InputError(
        `${where}: label of image ${n}, got ${label}, wanted 0 to ${classes - 1}; the file is damaged`,
      );
    }
  });
  return labels;
}

function dimensions(bytes: Uint8Array, magic: number, rank: number, where: string): number[] {
  const header = 4 + 4 * rank;
  if (bytes.length < header) {
    throw new InputError(
      `${where}: size, got ${bytes.length} bytes, wanted at least the ${header} of the header; fetch the file again`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = view.getUint32(0);
  if (found !== magic) {
    const kind = magic === IMAGES ? 'images' : 'labels';
    throw new InputError(
      `${where}: magic number, got ${hex(found)}, wanted ${hex(magic)} (IDX ${kind}); this is another kind of file`,
    );
  }
  const sizes = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const wanted = header + sizes.reduce((product, size) => product * size, 1);
  if (bytes.length !== wanted) {
    throw new InputError(
      `${where}: size, got ${bytes.length} bytes, wanted ${wanted} (${sizes.join(' x ')} and the header); ` +
        'the file is truncated or damaged: fetch it again',
    );
  }
  return sizes;
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
