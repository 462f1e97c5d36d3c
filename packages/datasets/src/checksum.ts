import { sha256Hex, type Dataset } from '@jembench/core';

/**
 * SHA-256 (hex) of what a data set is: class names, image geometry, and for each split its labels (32-bit, little-endian) and its pixels, in
 * order. Two sources with the same images, order and labels have the same checksum, whatever files or generator they came from.
 */
export function datasetChecksum(
  content: Pick<Dataset, 'classes' | 'height' | 'width' | 'channels' | 'train' | 'test'>,
): string {
  const { classes, height, width, channels, train, test } = content;
  const header = JSON.stringify({ classes, height, width, channels, train: train.count, test: test.count });
  return sha256Hex(`${header}\n`, littleEndian(train.labels), train.images, littleEndian(test.labels), test.images);
}

function littleEndian(labels: Int32Array): DataView {
  const bytes = new DataView(new ArrayBuffer(labels.length * 4));
  labels.forEach((label, i) => {
    bytes.setInt32(i * 4, label, true);
  });
  return bytes;
}
