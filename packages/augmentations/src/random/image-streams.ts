import { ShapeError, type Stream } from '@jembench/core';

/**
 * The stream of each image: `stream.fork(identity)`.
 *
 * @param identities what an image is called, by default its place in the batch. With places in the data set, an image gets the same
 *   numbers whatever batch it is in.
 */
export function imageStreams(
  where: string,
  count: number,
  stream: Stream,
  identities?: ArrayLike<number>,
): (n: number) => Stream {
  if (identities === undefined) return (n) => stream.fork(n);
  if (identities.length !== count) {
    throw new ShapeError(`${where}: identities, got ${identities.length}, wanted one for each of the ${count} images`);
  }
  return (n) => stream.fork(identities[n]);
}

/** Calls `sample` with the stream of each image. */
export function sampledForEach<T>(
  where: string,
  count: number,
  stream: Stream,
  identities: ArrayLike<number> | undefined,
  sample: (stream: Stream) => T,
): T[] {
  const streamOf = imageStreams(where, count, stream, identities);
  return Array.from({ length: count }, (_, n) => sample(streamOf(n)));
}
