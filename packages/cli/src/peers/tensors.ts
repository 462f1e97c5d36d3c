import type { PeerTensor } from '@jembench/harness';

/** An array as it travels: its bytes, little-endian, row-major. */
export function encoded({ shape, data }: PeerTensor) {
  return {
    shape,
    type: data instanceof Float32Array ? 'float32' : 'uint8',
    data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
  };
}

/** The values of a float32 tensor. @throws Error for what is none. */
export function decoded(name: string, value: unknown): Float32Array {
  const { shape, type, data } = (value ?? {}) as { shape?: unknown; type?: unknown; data?: unknown };
  if (!Array.isArray(shape) || type !== 'float32' || typeof data !== 'string') {
    throw new Error(`output ${name}, got ${JSON.stringify(value).slice(0, 60)}, wanted a float32 tensor`);
  }
  const bytes = Buffer.from(data, 'base64');
  const wanted = (shape as number[]).reduce((product, size) => product * size, 4);
  if (bytes.length !== wanted) throw new Error(`output ${name}, got ${bytes.length} bytes, wanted ${wanted}`);
  return new Float32Array(new Uint8Array(bytes).buffer);
}
