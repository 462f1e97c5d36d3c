import { rootStream } from '@jembench/core';
import type { Shape } from '@jembench/harness';

/** Standard normal numbers that depend on the name and the shape alone. */
export function normals(name: string, shape: Shape, scale = 1): Float32Array {
  const [rows, columns] = Object.values(shape);
  const stream = rootStream(0).fork(name).fork(`${rows}x${columns}`);
  return Float32Array.from({ length: rows * columns }, () => scale * stream.normal());
}
