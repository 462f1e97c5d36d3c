import { InputError, type Split } from '@jembench/core';

const SIDE = 32;
const PLANE = SIDE * SIDE;

/** A binary CIFAR record: label bytes, then the red, green and blue planes, row-major. */
export interface CifarFormat {
  /** Largest value of each label byte; the last byte is the class. */
  readonly labels: readonly number[];
}

export const cifarFormats = {
  cifar10: { labels: [9] },
  /** The coarse label (one of 20 superclasses) comes first; the class is the fine one. */
  cifar100: { labels: [19, 99] },
} as const satisfies Record<string, CifarFormat>;

/**
 * The images of one binary CIFAR file, as NHWC.
 *
 * @param where the file's name for messages.
 * @throws InputError when the file is empty or ends within a record, or a label is out of range.
 * @see Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009; the binary version of the data sets' page.
 */
export function parseCifar(bytes: Uint8Array, format: CifarFormat, where: string): Split {
  const head = format.labels.length;
  const record = head + 3 * PLANE;
  if (bytes.length === 0 || bytes.length % record !== 0) {
    throw new InputError(
      `${where}: size, got ${bytes.length} bytes, wanted a positive multiple of ${record} (a record an image); ` +
        'the file is truncated or another format: fetch it again',
    );
  }
  const count = bytes.length / record;
  const labels = new Int32Array(count);
  const images = new Uint8Array(count * 3 * PLANE);
  for (let n = 0; n < count; n++) {
    const start = n * record;
    for (const [i, most] of format.labels.entries()) {
      const label = bytes[start + i];
      if (label > most) {
        throw new InputError(
          `${where}: label of image ${n}, got ${label}, wanted 0 to ${most}; the file is damaged or another version of CIFAR`,
        );
      }
      labels[n] = label;
    }
    for (let channel = 0; channel < 3; channel++) {
      const plane = start + head + channel * PLANE;
      const to = n * 3 * PLANE + channel;
      for (let p = 0; p < PLANE; p++) images[to + 3 * p] = bytes[plane + p];
    }
  }
  return { images, labels, count };
}
